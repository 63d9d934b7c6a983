/**
 * Every error that Trainyard answers or stores on a job, by its code. `status` is the HTTP status when a request meets
 * it; `retryable` says whether the same thing may succeed later without a change. docs/errors.md has a section for each.
 */
export const errorCatalogue = {
  // requests
  malformed_json: { status: 400, title: 'The body is not JSON', retryable: false },
  invalid_parameter: { status: 400, title: 'A parameter of the URL or a header is wrong', retryable: false },
  unauthenticated: { status: 401, title: 'A valid API key is needed', retryable: false },
  forbidden: { status: 403, title: 'The API key does not allow this', retryable: false },
  not_found: { status: 404, title: 'There is nothing here', retryable: false },
  wrong_status: { status: 409, title: 'The job is in a status that does not allow this', retryable: false },
  in_use: { status: 409, title: 'Something else still needs it', retryable: true },
  conflict: { status: 409, title: 'Another request got in the way', retryable: true },
  too_large: { status: 413, title: 'The body is too large', retryable: false },
  unsupported_media_type: { status: 415, title: 'The body has a content type that is not understood here', retryable: false },
  range_not_satisfiable: { status: 416, title: 'The range lies outside the file', retryable: false },
  invalid_request: { status: 422, title: 'The body was understood, and something in it is wrong', retryable: false },
  idempotency_mismatch: { status: 422, title: 'The Idempotency-Key was used for another body', retryable: false },
  too_many_requests: { status: 429, title: 'Too many requests', retryable: true },
  overloaded: { status: 429, title: 'The model has as many requests as it may', retryable: true },
  internal_error: { status: 500, title: 'Something went wrong on our side', retryable: true },
  tensorboard_unavailable: { status: 501, title: 'TensorBoard does not run here', retryable: false },
  database_unavailable: { status: 503, title: 'The database cannot be reached', retryable: true },
  storage_unavailable: { status: 503, title: 'The object storage cannot be reached', retryable: true },
  predictor_unavailable: { status: 503, title: 'No predictor can be reached', retryable: true },
  deadline_exceeded: { status: 504, title: 'There was no answer in time', retryable: true },

  // what is wrong with a model, its weights or its data: of a request, and of a job
  model_invalid: { status: 422, title: 'The model is wrong', retryable: false },
  compile_invalid: { status: 422, title: 'The model cannot be compiled as asked', retryable: false },
  weights_invalid: { status: 422, title: 'The weights do not fit the model', retryable: false },
  data_invalid: { status: 422, title: 'The data is wrong', retryable: false },
  data_not_found: { status: 422, title: 'The data is not there', retryable: false },
  dataset_changed: { status: 422, title: 'The data changed under the job', retryable: false },
  oom_host: { status: 422, title: 'The limit of host memory was reached', retryable: false },
  oom_gpu: { status: 422, title: 'The limit of GPU memory was reached', retryable: false },

  // how a job fails otherwise
  nan_loss: { status: 422, title: 'The loss became NaN or infinite', retryable: false },
  attempts_exhausted: { status: 500, title: 'No attempt is left', retryable: true },
  worker_lost: { status: 503, title: 'The worker was lost', retryable: true },
  snapshot_lost: { status: 503, title: 'The state to go on from cannot be read', retryable: true },
  no_progress: { status: 503, title: 'The attempt made no progress', retryable: true },
  runtime_unavailable: { status: 503, title: 'The training runtime cannot be used on this machine', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof errorCatalogue;
export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];

/** The codes of the single entries in a problem's `errors`; docs/errors.md explains each. */
export const issueCodes = {
  required: 'a field is missing',
  unknown_field: 'there is no such field',
  invalid_type: 'the value is of another type than expected',
  invalid_value: 'the value is none of those that are allowed, or does not fit the others',
  out_of_range: 'a number, a text or a list is too small or too large',
  not_found: 'what is referred to does not exist',
  model_invalid: 'the model cannot be read or built',
  compile_invalid: 'the model cannot be compiled as asked',
  data_invalid: 'the source cannot be bound to the model',
} as const;

export type IssueCode = keyof typeof issueCodes;

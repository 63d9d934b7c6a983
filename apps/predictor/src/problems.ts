import { DataError } from '@trainyard/dataset';
import { ModelDataError } from '@trainyard/engine';
import { DeadlineExceededError } from '@trainyard/http';
import { FormatError } from '@trainyard/keras-format';
import { ObjectNotFoundError, ObjectStoreAccessError, ObjectStoreUnavailableError } from '@trainyard/object-store';
import { ApiError, invalidRequest } from '@trainyard/protocol';
import { TensorFlowError } from '@trainyard/tensorflow';

/** What whoever asked is told about an error: the fault is in the request, in the checkpoint, or ours. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DeadlineExceededError) return new ApiError('deadline_exceeded', `the prediction was not ready in time: ${message}`);
  if (error instanceof ModelDataError) return new ApiError('data_invalid', message, { errors: [{ pointer: '', code: 'data_invalid', detail: message }] });
  if (error instanceof DataError) return ofRawRows(error);
  if (error instanceof FormatError) return new ApiError('weights_invalid', `the checkpoint cannot be used: ${message}`, { cause: error });
  if (error instanceof ObjectNotFoundError) return new ApiError('not_found', "the checkpoint's file is not in the object storage", { cause: error });
  if (error instanceof ObjectStoreUnavailableError || error instanceof ObjectStoreAccessError) return new ApiError('storage_unavailable', 'the object storage cannot be reached', { retryAfterS: 2, cause: error });
  if (error instanceof TensorFlowError && error.code === 'RESOURCE_EXHAUSTED') return new ApiError('oom_host', `the prediction needs more memory than there is; lower batch_size: ${message}`, { cause: error });
  return fromFastify(error) ?? new ApiError('internal_error', 'the prediction failed', { cause: error });
}

/** The place is a pointer to a value of a row; or what the transforms call what they change, where all rows are wrong. */
function ofRawRows({ place, problem, message }: DataError): ApiError {
  return invalidRequest([place.startsWith('/') ? { pointer: place, code: 'invalid_value', detail: problem } : { pointer: '', code: 'data_invalid', detail: message }]);
}

/** Errors that fastify met before our code did: a body that is not JSON, or is too large. */
function fromFastify(error: unknown): ApiError | undefined {
  const { statusCode, message = '' } = error as { statusCode?: unknown; message?: string };
  if (statusCode === 413) return new ApiError('too_large', 'the body is too large');
  if (statusCode === 415) return new ApiError('unsupported_media_type', 'expected a body of application/json');
  if (statusCode === 400) return new ApiError('malformed_json', message);
  return undefined;
}

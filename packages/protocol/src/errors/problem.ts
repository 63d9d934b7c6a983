import { z } from 'zod';
import type { ApiError } from './api-error.js';
import { errorCatalogue, errorCodes, issueCodes, type ErrorCode, type IssueCode } from './catalogue.js';

export const ErrorCodeSchema = z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]);

/** `application/problem+json` (RFC 9457). `error` repeats the detail, where TensorFlow Serving and V2 clients look. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: ErrorCodeSchema,
    request_id: z.string(),
    retryable: z.boolean(),
    errors: z.array(
      z.object({
        pointer: z.string(),
        code: z.enum(Object.keys(issueCodes) as [IssueCode, ...IssueCode[]]),
        detail: z.string(),
      }),
    ),
    error: z.string(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

export const problemMediaType = 'application/problem+json';

/** The answer to a request that met `error`. `instance` is the request's path. */
export function toProblem(error: ApiError, request: { instance: string; requestId: string }): Problem {
  const entry = errorCatalogue[error.code];
  return {
    type: `/docs/errors#${error.code}`,
    title: entry.title,
    status: entry.status,
    detail: error.detail,
    instance: request.instance,
    code: error.code,
    request_id: request.requestId,
    retryable: entry.retryable,
    errors: [...error.errors],
    error: error.detail,
  };
}

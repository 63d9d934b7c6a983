import { invalidRequest, type Issue } from '../errors/api-error.js';
import { JobRequest } from './job-request.js';
import { acceptKeras1Names } from './keras1-names.js';
import { findUnsupported } from './not-supported-yet.js';
import { issuesOf } from './zod-issues.js';

export interface ParsedJobRequest {
  readonly request: JobRequest;
  /** Told to the user on the job. */
  readonly warnings: readonly { pointer: string; detail: string }[];
}

/**
 * Reads the body of `POST /v1/jobs`.
 *
 * @throws ApiError `invalid_request` or `not_supported_yet` with a pointer for each thing that is wrong.
 */
export function parseJobRequest(body: unknown): ParsedJobRequest {
  const { body: modern, warnings, issues } = acceptKeras1Names(body);
  const parsed = JobRequest.safeParse(modern);
  const wrong: Issue[] = parsed.success ? issues : [...issues, ...issuesOf(parsed.error, modern)];
  if (wrong.length > 0 || !parsed.success) throw invalidRequest(wrong);
  const unsupported = findUnsupported(parsed.data);
  if (unsupported.length > 0) throw invalidRequest(unsupported, 'not_supported_yet');
  return { request: parsed.data, warnings };
}


import { invalidRequest, type Issue } from '../errors/api-error.js';
import { JobRequest } from './job-request.js';
import { acceptKeras1Names } from './keras1-names.js';
import { issuesOf } from './zod-issues.js';

export interface ParsedJobRequest {
  readonly request: JobRequest;
  /** Told to the user on the job. */
  readonly warnings: readonly { pointer: string; detail: string }[];
}

/**
 * Reads the body of `POST /v1/jobs`.
 *
 * @throws ApiError `invalid_request` with a pointer for each thing that is wrong.
 */
export function parseJobRequest(body: unknown): ParsedJobRequest {
  const { body: modern, warnings, issues } = acceptKeras1Names(body);
  const parsed = JobRequest.safeParse(modern);
  const wrong: Issue[] = parsed.success ? issues : [...issues, ...issuesOf(parsed.error, modern)];
  if (wrong.length > 0 || !parsed.success) throw invalidRequest(wrong);
  return { request: parsed.data, warnings };
}


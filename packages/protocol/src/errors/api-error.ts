import { errorCatalogue, type ErrorCode, type IssueCode } from './catalogue.js';

/** One thing that is wrong, and where: `pointer` is a JSON pointer into the body, or the name of a parameter. */
export interface Issue {
  readonly pointer: string;
  readonly code: IssueCode;
  readonly detail: string;
}

/** An error of the catalogue, as it travels from where it is noticed to the answer or to the job's row. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly errors: readonly Issue[];
  /** For 429 and 503: after how many seconds to try again. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { errors?: readonly Issue[]; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterS = options.retryAfterS;
  }

  get detail(): string {
    return this.message;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }
}

/** A 422 out of what is wrong; its detail quotes the first and counts the others. */
export function invalidRequest(errors: readonly Issue[], code: ErrorCode = 'invalid_request'): ApiError {
  const [first, ...rest] = errors;
  const detail = first === undefined ? 'the body is wrong' : `${first.pointer || 'the body'}: ${first.detail}`;
  return new ApiError(code, rest.length === 0 ? detail : `${detail} (and ${rest.length} more)`, { errors });
}

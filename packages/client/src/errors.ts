import type { ErrorCode, Problem } from '@trainyard/protocol';

/** The server answered with a problem. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get code(): ErrorCode {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The places in the request's body that are wrong. */
  get errors(): Problem['errors'] {
    return this.problem.errors;
  }

  get retryable(): boolean {
    return this.problem.retryable;
  }
}

/** There was no answer, or none of this API's: the server is away, or something else listens there. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

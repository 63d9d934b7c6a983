import type { ServerResponse } from 'node:http';

/** Whoever asked has closed the connection before the answer was complete. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';

  constructor() {
    super('the client has gone');
  }
}

/** There is no answer in the time that a request may take. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';

  constructor(readonly deadlineMs: number) {
    super(`expected an answer within ${deadlineMs} ms`);
  }
}

export interface BoundRequest {
  /** Aborted with a `ClientGoneError` or a `DeadlineExceededError`. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left; 0 when none are. */
  readonly remainingMs: () => number;
}

/**
 * Bounds what is done for a request: until its deadline, and as long as somebody waits for the answer.
 * @param response what waits for it; `undefined`: nobody who could go away
 */
export function boundRequest(response: ServerResponse | undefined, deadlineMs: number): BoundRequest {
  const given = new AbortController();
  const end = performance.now() + deadlineMs;
  const timer = setTimeout(() => given.abort(new DeadlineExceededError(deadlineMs)), deadlineMs).unref();
  response?.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) given.abort(new ClientGoneError());
  });
  return { signal: given.signal, remainingMs: () => Math.max(0, end - performance.now()) };
}

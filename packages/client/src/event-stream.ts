import { chunksOf } from './chunks-of.js';
import { ApiProblem, ConnectionError } from './errors.js';
import { pause, type Http, type Query } from './http.js';
import { readEvents, type ReceivedEvent } from './server-sent-events.js';

export interface StreamRequest {
  readonly query?: Query;
  readonly lastEventId?: number;
  readonly signal?: AbortSignal | undefined;
}

const shortestPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * The events of a stream, until it ends.
 *
 * @throws ApiProblem when the server refuses, ConnectionError when the connection breaks, what aborted the signal.
 */
export async function* openEvents(http: Http, path: string, { query = {}, lastEventId, signal }: StreamRequest): AsyncGenerator<ReceivedEvent> {
  const headers = { accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }) };
  const response = await http.send(path, { query, headers, signal, repeatable: false });
  if (response.body === null) return;
  try {
    yield* readEvents(chunksOf(response.body));
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof TypeError ? new ConnectionError(`the event stream broke off: ${error.message}`, { cause: error }) : error;
  }
}

/** Whether a stream is worth another try: there was no answer, or a refusal that passes. */
export const passes = (error: unknown): boolean => error instanceof ConnectionError || (error instanceof ApiProblem && error.retryable);

/** Waits before a stream is opened again, the longer the more often it has failed. @param failures in a row, from 1 */
export function pauseBeforeTry(failures: number, signal: AbortSignal | undefined): Promise<void> {
  return pause(Math.min(shortestPauseMs * 2 ** (failures - 1), longestPauseMs), signal);
}

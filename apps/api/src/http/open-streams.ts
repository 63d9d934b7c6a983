import { ApiError } from '@trainyard/protocol';
import type { FastifyReply } from 'fastify';

const limit = 2_000;

/** Answers that are held open: event streams, and requests that wait for a change. They end when the server closes. */
export class OpenStreams {
  readonly #open = new Set<AbortController>();
  #ended = false;

  /**
   * A signal that is aborted when the client goes away, the server closes, or `done` is called.
   *
   * @throws ApiError `too_many_requests`
   */
  open(reply: FastifyReply): { signal: AbortSignal; done: () => void } {
    if (this.#open.size >= limit) throw new ApiError('too_many_requests', `expected at most ${limit} open streams on this server`, { retryAfterS: 10 });
    const controller = new AbortController();
    const done = (): void => {
      this.#open.delete(controller);
      controller.abort();
    };
    reply.raw.once('close', done);
    if (this.#ended) controller.abort();
    else this.#open.add(controller);
    return { signal: controller.signal, done };
  }

  end(): void {
    this.#ended = true;
    for (const controller of this.#open) controller.abort();
  }
}

/** Waits, but not beyond the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}

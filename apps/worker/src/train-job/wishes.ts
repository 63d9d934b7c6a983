import type { Intent, StopReason } from '@trainyard/protocol';

/** Why training was broken off between two batches. */
export type Interruption = 'cancel' | 'pause' | 'drain';

/** Thrown out of a training that was broken off. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor(readonly interruption: Interruption) {
    super(`the attempt was interrupted: ${interruption}`);
  }

  /** Whether another attempt goes on where this one was broken off. */
  get goesOn(): boolean {
    return this.interruption !== 'cancel';
  }
}

/** What others want of the attempt while it runs: the user, the worker that shuts down, the clock. */
export class Wishes {
  readonly #abort = new AbortController();
  readonly #stopping = new AbortController();
  /** Aborted when training shall end in whichever way: what prepares for long training is in vain. */
  readonly ending = AbortSignal.any([this.#abort.signal, this.#stopping.signal]);
  #stop: StopReason | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Aborted when training shall end between two batches, with the error to throw as its reason. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Set when training shall end as if it had come to its end. */
  get stop(): StopReason | undefined {
    return this.#stop;
  }

  follow(intent: Intent | 'drain'): void {
    switch (intent) {
      case 'stop':
        this.#stopFor('user_stop');
        return;
      case 'cancel':
      case 'pause':
      case 'drain':
        this.#abort.abort(new InterruptedError(intent));
        return;
      case 'kill': // the supervisor's business
        return;
      default:
        return intent satisfies never;
    }
  }

  /** Ends the attempt with an error that was met beside the training. */
  fail(error: unknown): void {
    this.#abort.abort(error);
  }

  /** Wants training to stop when it has run for `ms` more. */
  limitRuntime(ms: number): void {
    const stop = (): void => this.#stopFor('max_runtime');
    const longest = 2 ** 31 - 1; // of a Node timer
    if (ms <= 0) stop();
    else this.#timer = setTimeout(() => (ms > longest ? this.limitRuntime(ms - longest) : stop()), Math.min(ms, longest)).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #stopFor(reason: StopReason): void {
    this.#stop ??= reason;
    this.#stopping.abort(new Error(`training was stopped: ${reason}`));
  }
}

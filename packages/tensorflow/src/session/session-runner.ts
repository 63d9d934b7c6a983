import type { NdArray } from '@trainyard/ndarray';

import type { TensorFlow } from '../library/tensorflow.js';
import type { RunPlan } from './run-plan.js';
import type { RunSlot } from './run-slot.js';
import type { RunMode, Session } from './session.js';

interface Call {
  readonly plan: RunPlan;
  readonly slot: RunSlot;
  readonly place: string;
  readonly mode: RunMode;
  readonly resolve: (values: NdArray[]) => void;
  readonly reject: (error: Error) => void;
  /** The run is over and the slot may be used again. */
  readonly settled: () => void;
}

/**
 * Runs calls on a session one after the other, in the order in which they came: a step must see the variables as the one
 * before it left them, and TensorFlow would run concurrent calls side by side.
 */
export class SessionRunner {
  readonly #tensorflow: TensorFlow;
  readonly #open: () => Session;
  readonly #onClosed: () => void;
  readonly #copiesFirst: () => boolean;
  readonly #waiting: Call[] = [];
  #session: Session | undefined;
  #running = false;
  #closed = false;

  /**
   * @param open Makes the session, when the first call needs it.
   * @param onClosed Called once the session is gone after `close`: its graph is needed until then.
   * @param copiesFirst Whether a run may write over memory that the one before it has answered.
   */
  constructor(tensorflow: TensorFlow, open: () => Session, onClosed: () => void, copiesFirst: () => boolean) {
    this.#tensorflow = tensorflow;
    this.#open = open;
    this.#onClosed = onClosed;
    this.#copiesFirst = copiesFirst;
  }

  /**
   * Runs `plan` with the feeds that `slot` has been filled with.
   * @param place Begins the message of an error.
   * @param mode How to run, once it is the call's turn.
   */
  run(plan: RunPlan, slot: RunSlot, place: string, settled: () => void, mode: RunMode = {}): Promise<NdArray[]> {
    return new Promise((resolve, reject) => {
      const call = { plan, slot, place, mode, resolve, reject, settled };
      if (this.#running || this.#closed) this.#waiting.push(call);
      else this.#start(call);
      if (this.#closed) this.#refuseWaiting();
    });
  }

  /** The session, made now if no call has needed it yet. */
  get session(): Session {
    return (this.#session ??= this.#open());
  }

  /** Refuses what waits; the session goes as soon as the run in flight, if there is one, has ended. */
  close(): void {
    this.#closed = true;
    this.#refuseWaiting();
    if (!this.#running) this.#dispose();
  }

  #start(call: Call): void {
    try {
      const session = this.session;
      this.#running = true;
      session.run(call.plan, call.slot, call.mode, (error) => this.#finish(call, error));
    } catch (error) {
      this.#running = false;
      call.settled();
      call.reject(error as Error);
      this.#next();
    }
  }

  #finish(call: Call, error: Error | null): void {
    this.#running = false;
    // The next run first: it computes while the values of this one are copied. Buffers that both hold, such as a variable's that was
    // fetched, TensorFlow copies before it writes; but for those that it writes to in pieces.
    const copiesFirst = this.#copiesFirst();
    if (!copiesFirst) this.#next();
    try {
      if (error) throw error;
      this.#tensorflow.check(call.place, call.slot.status);
      call.resolve(call.slot.take());
    } catch (failure) {
      call.reject(failure as Error);
    } finally {
      call.settled();
    }
    if (copiesFirst) this.#next();
  }

  #next(): void {
    if (this.#closed) return this.#dispose();
    const next = this.#waiting.shift();
    if (next) this.#start(next);
  }

  #refuseWaiting(): void {
    for (const call of this.#waiting.splice(0)) {
      call.settled();
      call.reject(new Error(`${call.place}: the program has been disposed of`));
    }
  }

  #dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
    this.#onClosed();
  }
}

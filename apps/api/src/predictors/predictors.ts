import { Predictor } from './predictor.js';
import { rendezvousOrder } from './rendezvous.js';

/** How often it is looked who is to be probed. */
const tickMs = 1_000;

/** What is told of a predictor. */
export interface PredictorState {
  readonly url: string;
  readonly state: 'ok' | 'unavailable';
}

/**
 * The predictors that share the load. A checkpoint goes to the same one as long as that answers, so that each holds the
 * models of its own checkpoints. One that fails is left out until it answers a probe: all are probed, those that failed every
 * second.
 */
export class Predictors {
  readonly #all: readonly Predictor[];
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(urls: readonly string[]) {
    this.#all = urls.map((url) => new Predictor(url));
    this.#timer = urls.length === 0 ? undefined : setInterval(() => this.#probe(), tickMs).unref();
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /**
   * Those to ask for a checkpoint, in order: first its own, then one to try where that fails. Where there is one only, it is
   * tried again: a connection may have been closed just when it was used.
   */
  forCheckpoint(id: string): readonly [Predictor, Predictor] | undefined {
    const order = rendezvousOrder(this.#all, ({ url }) => url, id);
    // All that failed come last, and are tried all the same: they may be back before the next probe.
    const [first, second = first] = [...order.filter(({ leftOut }) => !leftOut), ...order.filter(({ leftOut }) => leftOut)];
    return first && second && [first, second];
  }

  /** As they were when they were last asked or probed. */
  get states(): PredictorState[] {
    return this.#all.map(({ url, leftOut }) => ({ url, state: leftOut ? 'unavailable' : 'ok' }));
  }

  /** Asks each of them now whether it answers within so many milliseconds. Who is left out does not change by it. */
  async look(patienceMs: number): Promise<PredictorState[]> {
    return Promise.all(this.#all.map(async (predictor) => ({ url: predictor.url, state: (await predictor.isAlive(patienceMs)) ? 'ok' : 'unavailable' })));
  }

  #probe(): void {
    for (const predictor of this.#all) if (predictor.isDue) void predictor.probe();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#all.map((predictor) => predictor.close()));
  }
}

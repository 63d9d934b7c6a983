import { DatabaseUnavailableError } from './errors.js';

export interface GateOptions {
  /** So many are within at once. */
  readonly width: number;
  /** Milliseconds in which nobody within has come to a good end, after which those that wait are told so. */
  readonly patienceMs: number;
  /** No more than so many wait. */
  readonly mostWaiting: number;
}

interface Waiting {
  readonly enter: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Lets in as many as there are connections, in the order in which they came. A pool would let them wait too, but cannot tell a
 * database that is busy from one that is away: a thousand requests at once are answered one after the other, as long as that
 * makes progress; when nothing has for a while, all that wait are refused together.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiting: Waiting[] = [];
  #within = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /**
   * @throws DatabaseUnavailableError when too many wait, or nothing has made progress for too long; what `work` throws.
   */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    let good = false;
    try {
      const result = await work();
      good = true;
      return result;
    } catch (error) {
      good = !(error instanceof DatabaseUnavailableError); // the database answered, if only that it will not
      throw error;
    } finally {
      this.#leave(good);
    }
  }

  async #enter(): Promise<void> {
    const { width, mostWaiting } = this.#options;
    if (this.#within < width) {
      this.#within++;
      return;
    }
    if (this.#waiting.length >= mostWaiting) throw new DatabaseUnavailableError(`the database is busy: ${mostWaiting} statements wait for it already`);
    await new Promise<void>((enter, refuse) => {
      this.#waiting.push({ enter, refuse });
      this.#timer ??= this.#startTimer();
    });
  }

  #leave(good: boolean): void {
    if (good) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    const next = this.#waiting.shift(); // whoever is next takes the place
    if (next) next.enter();
    else this.#within--;
    if (this.#waiting.length > 0) this.#timer ??= this.#startTimer();
  }

  #startTimer(): NodeJS.Timeout {
    const { patienceMs } = this.#options;
    return setTimeout(() => {
      this.#timer = undefined;
      const error = new DatabaseUnavailableError(`the database has answered nothing for ${patienceMs / 1000} s`);
      for (const { refuse } of this.#waiting.splice(0)) refuse(error);
    }, patienceMs);
  }
}

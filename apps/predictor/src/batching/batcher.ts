import { isTracing, recordSpan, whence, type Whence } from '@trainyard/telemetry';
import { cutOutputs, isFull, joinInputs, together } from './join.js';
import type { NamedOutput, Work } from './work.js';

interface Waiting {
  readonly work: Work;
  readonly since: number;
  /** The span of its request. */
  readonly within: Whence;
  readonly resolve: (outputs: NamedOutput[]) => void;
  readonly reject: (error: unknown) => void;
  readonly leave: () => void;
}

/** What is told of each run. */
export interface RunReport {
  readonly requests: number;
  readonly rows: number;
  readonly seconds: number;
  /** How long each of the requests had waited. */
  readonly waitedSeconds: readonly number[];
}

export interface BatcherOptions {
  /** Whether requests may be joined: not those of a model that carries states from row to row. */
  readonly joins: boolean;
  /** Answers rows. */
  readonly run: (work: Pick<Work, 'x' | 'layers' | 'batchSize'>) => Promise<NamedOutput[]>;
  readonly onRun: (report: RunReport) => void;
}

/**
 * Gives a model its requests, one run after another. What comes while a run is in progress waits for its end, and runs
 * together then.
 *
 * An idle model runs at once: what came in the same turn of the event loop is joined, which takes no time. Only a model that
 * has just answered several requests, or answered one while others waited, holds a batch back that is not full: those who
 * were answered are about to ask again, and without it the first of them would run alone and the others wait for that. It
 * waits until as many are there as there were, at most `maxDelayMs`, and no longer than its last run took: so waiting in vain
 * at most doubles the time, and a model that answers within a millisecond never waits.
 */
export class Batcher {
  readonly #waiting: Waiting[] = [];
  #running = false;
  /** What starts the next run when its time has come. */
  #alarm: { readonly kind: 'soon'; readonly handle: NodeJS.Immediate } | { readonly kind: 'later'; readonly handle: NodeJS.Timeout } | undefined;
  /** How the last run ended. `crowd`: requests that it answered and that waited at its end. */
  #last = { at: -Infinity, tookMs: 0, crowd: 0 };

  constructor(private readonly options: BatcherOptions) {}

  /** Requests that wait for a run. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws what the run throws; the signal's reason, when it comes first: then its place is free at once */
  submit(work: Work): Promise<NamedOutput[]> {
    const { signal } = work;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        const place = this.#waiting.indexOf(waiting);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(signal.reason as Error);
      };
      const leave = (): void => signal.removeEventListener('abort', onAbort);
      const waiting: Waiting = { work, since: performance.now(), within: whence(), resolve, reject, leave };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#running || this.#waiting.length === 0 || this.#alarm?.kind === 'soon') return;
    const delay = this.#delayMs();
    if (delay > 0 && this.#alarm) return;
    if (this.#alarm) clearTimeout(this.#alarm.handle);
    this.#alarm = delay > 0 ? { kind: 'later', handle: setTimeout(() => void this.#start(), delay) } : { kind: 'soon', handle: setImmediate(() => void this.#start()) };
  }

  /** How long those who wait are held back yet. Timers are no finer than a millisecond: less is nothing. */
  #delayMs(): number {
    if (!this.options.joins || this.#waiting.length >= this.#last.crowd || isFull(together(this.#waiting))) return 0;
    const patience = Math.min(this.#last.tookMs, ...this.#waiting.map(({ work }) => work.maxDelayMs));
    const delay = this.#last.at + patience - performance.now();
    return delay < 1 ? 0 : delay;
  }

  async #start(): Promise<void> {
    this.#alarm = undefined;
    const joined = this.options.joins ? together(this.#waiting) : this.#waiting.slice(0, 1);
    if (joined.length === 0) return; // all have left
    for (const one of joined) this.#waiting.splice(this.#waiting.indexOf(one), 1);
    this.#running = true;
    const began = performance.now();
    const settle = await this.#run(joined);
    const at = performance.now();
    this.#running = false;
    this.#last = { at, tookMs: at - began, crowd: joined.length + this.#waiting.length };
    this.options.onRun({ requests: joined.length, rows: joined.reduce((sum, { work }) => sum + work.rows, 0), seconds: (at - began) / 1000, waitedSeconds: joined.map(({ since }) => (began - since) / 1000) });
    this.#schedule();
    // Last, as who is answered may ask again at once, and was not there while the run was in progress.
    for (const answer of settle) answer();
  }

  /**
   * Runs the requests together; where that fails, each for itself, so that none is answered with another's error.
   * @returns what answers them
   */
  async #run(joined: readonly Waiting[]): Promise<(() => void)[]> {
    const [only, ...others] = joined;
    if (!only) return [];
    const began = performance.now();
    try {
      const parts = others.length === 0 ? [await this.options.run(only.work)] : await this.#runJoined(joined.map(({ work }) => work));
      tellTraces(joined, began);
      return joined.map(({ resolve, leave }, i) => () => (leave(), resolve(parts[i] ?? [])));
    } catch (error) {
      tellTraces(joined, began, error);
      if (others.length === 0) return [() => (only.leave(), only.reject(error))];
      const answers: (() => void)[] = [];
      for (const one of joined) answers.push(...(await this.#run([one])));
      return answers;
    }
  }

  async #runJoined(works: readonly Work[]): Promise<NamedOutput[][]> {
    const outputs = await this.options.run({ x: joinInputs(works), layers: works[0]?.layers ?? null, batchSize: Math.min(...works.map(({ joinedRows }) => joinedRows)) });
    return cutOutputs(outputs, works);
  }
}

/** Each request's trace has the run that answered it, also where that answered others. */
function tellTraces(joined: readonly Waiting[], startMs: number, error?: unknown): void {
  if (!isTracing()) return;
  const endMs = performance.now();
  const rows = joined.reduce((sum, { work }) => sum + work.rows, 0);
  for (const { within, work } of joined) {
    if (within) recordSpan('run', { parent: within, startMs, endMs, error, attributes: { 'trainyard.batch.rows': rows, 'trainyard.batch.requests': joined.length, 'trainyard.rows': work.rows } });
  }
}

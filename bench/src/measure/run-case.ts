import { sizeOf } from '@trainyard/ndarray';

import type { Case } from '../cases.js';
import { type Contender, ContenderError, type Fitted, type Loaded, NotSupportedError } from '../contenders/contender.js';
import { measurePair, type Pair } from './pairing.js';
import { median } from './statistics.js';

/** What was measured of one contender. */
export interface Measured {
  readonly loaded: Loaded;
  /** How its steps are executed, where it chooses that. */
  readonly plan?: string | undefined;
  /** Milliseconds a step, one for each fit. */
  readonly fits: number[];
  /** Milliseconds of predictions of one row. */
  readonly predictions: number[];
  /** Milliseconds of predictions of `BATCH` rows; none where the model is too large for it. */
  readonly batchPredictions: number[];
  /** Of loading, the fits and the predictions of one row. */
  peakRssMiB: number;
}

export interface CaseRun {
  readonly case: Case;
  /** `undefined` where the engine does not support the case: then `notSupported` says why, and no peer has run. */
  readonly ours: Measured | undefined;
  readonly notSupported: string | undefined;
  readonly peers: ReadonlyMap<string, Measured>;
  /** By peer: milliseconds a step of each fit and of ours beside it. */
  readonly pairs: ReadonlyMap<string, readonly Pair[]>;
  /** By peer, likewise: the median milliseconds of one row's predictions. */
  readonly predictionPairs: ReadonlyMap<string, readonly Pair[]>;
  readonly batchPredictionPairs: ReadonlyMap<string, readonly Pair[]>;
  /** What went wrong, by contender. */
  readonly failures: ReadonlyMap<string, string>;
}

export interface RunOptions {
  readonly repeats: number;
  readonly seconds: number;
  readonly onProgress?: (text: string) => void;
}

/** Starts a contender's process. */
export type Start = () => Contender;

/** A peer and the engine take a gigabyte each on a model of this size: peers then run one after the other. */
const LARGE_BYTES = 32 * 2 ** 20;
/** About how long the calls of a round take. */
const PREDICT_SECONDS = 0.3;
/** Rows of the larger batch that is predicted. */
export const BATCH = 128;
/** Where this many times one row's prediction takes longer, no batch is predicted: vqa's would fill the memory too. */
const BATCH_SECONDS = 5;

/**
 * Trains a case with the engine and with every peer in turns: ours, peer A, ours, peer B, and so on, `repeats` times. So
 * each fit of a peer has one of ours beside it in time, and their ratio is the figure. Then predictions, of one row and of a batch, in the same way.
 */
export async function runCase(case_: Case, startOurs: Start, peers: ReadonlyMap<string, Start>, options: RunOptions): Promise<CaseRun> {
  return new CaseRunner(case_, options).run(startOurs, peers);
}

/** A contender that is loaded and warm. */
interface Ready {
  /** In the figures. */
  readonly name: string;
  readonly contender: Contender;
  readonly measured: Measured;
}

type PairsByPeer = Map<string, Pair[]>;

/** Predictions of so many rows: where their times go. */
interface Prediction {
  readonly rows: number;
  readonly times: (of: Measured) => number[];
  readonly pairs: PairsByPeer;
}

class CaseRunner {
  readonly #peers = new Map<string, Measured>();
  readonly #pairs: PairsByPeer = new Map();
  readonly #predictionPairs: PairsByPeer = new Map();
  readonly #batchPredictionPairs: PairsByPeer = new Map();
  readonly #failures = new Map<string, string>();

  constructor(
    private readonly case_: Case,
    private readonly options: RunOptions,
  ) {}

  async run(startOurs: Start, peers: ReadonlyMap<string, Start>): Promise<CaseRun> {
    const contender = startOurs();
    try {
      const ours = await this.#prepare(contender.name, contender);
      const names = [...peers.keys()];
      const groups = this.#isLarge(ours.measured.loaded) ? names.map((name) => [name]) : [names];
      for (const group of groups) await this.#compare(ours, new Map(group.map((name) => [name, peers.get(name) as Start])));
      if (ours.measured.predictions.length === 0) await this.#alone(ours);
      return this.#result(ours.measured, undefined);
    } catch (error) {
      if (error instanceof NotSupportedError) return this.#result(undefined, error.message);
      this.#failures.set(contender.name, (error as Error).message);
      return this.#result(undefined, undefined);
    } finally {
      await contender.close();
    }
  }

  /** All peers of a group are alive while each is measured in turn. */
  async #compare(ours: Ready, starts: ReadonlyMap<string, Start>): Promise<void> {
    const started: Contender[] = [];
    const ready = new Map<string, Ready>();
    try {
      for (const [name, start] of starts) {
        await this.#guarded(name, ours, async () => {
          const contender = start();
          started.push(contender);
          const peer = await this.#prepare(name, contender);
          this.#requireSameWork(ours.measured.loaded, peer.measured.loaded);
          ready.set(name, peer);
          this.#peers.set(name, peer.measured);
        });
      }
      const peers = [...ready.values()];
      if (peers.length === 0) return;
      for (let round = 0; round < this.options.repeats; round++) {
        this.#say(`round ${round + 1} of ${this.options.repeats}`);
        for (const peer of peers) await this.#guarded(peer.name, ours, () => this.#fitPair(round, ours, peer));
      }
      await this.#predict(ours, peers, { rows: 1, times: ({ predictions }) => predictions, pairs: this.#predictionPairs });
      for (const peer of [ours, ...peers]) await this.#guarded(peer.name, ours, () => this.#readPeak(peer));
      if (takesBatches(ours.measured)) await this.#predict(ours, peers, { rows: BATCH, times: ({ batchPredictions }) => batchPredictions, pairs: this.#batchPredictionPairs });
    } finally {
      await Promise.all(started.map((contender) => contender.close()));
    }
  }

  async #prepare(name: string, contender: Contender): Promise<Ready> {
    this.#say(`${contender.name}: loading`);
    const loaded = await contender.load(this.case_);
    const { plan } = await contender.warmUp(this.options.seconds);
    return { name, contender, measured: { loaded, plan, fits: [], predictions: [], batchPredictions: [], peakRssMiB: NaN } };
  }

  async #fitPair(round: number, ours: Ready, peer: Ready): Promise<void> {
    const pair = await measurePair(round, () => this.#fit(ours), () => this.#fit(peer));
    addPair(this.#pairs, peer.name, pair);
  }

  async #fit({ contender, measured }: Ready): Promise<number> {
    const fitted = checked(contender.name, measured.loaded, await contender.fit());
    measured.fits.push(fitted.ms_per_step);
    return fitted.ms_per_step;
  }

  /** Predictions in pairs, as many calls a round as take about as long as it should. */
  async #predict(ours: Ready, peers: readonly Ready[], prediction: Prediction): Promise<void> {
    const calls = new Map<Ready, number>();
    for (const peer of [ours, ...peers]) await this.#guarded(peer.name, ours, async () => void calls.set(peer, await this.#callsOf(peer, prediction.rows)));
    const timed = async (of: Ready): Promise<number> => {
      const taken = await of.contender.predict(prediction.rows, calls.get(of) ?? 1);
      prediction.times(of.measured).push(...taken);
      return median(taken);
    };
    for (let round = 0; round < this.options.repeats; round++) {
      if (peers.length === 0) await timed(ours);
      for (const peer of peers) {
        const { name } = peer;
        await this.#guarded(name, ours, async () => addPair(prediction.pairs, name, await measurePair(round, () => timed(ours), () => timed(peer))));
      }
    }
  }

  /** Calls that take a round's time; these here are not counted, since they compile. */
  async #callsOf({ contender }: Ready, rows: number): Promise<number> {
    const first = await contender.predict(rows, rows === 1 ? 5 : 2);
    const usual = (first.at(-1) ?? 1) / 1000;
    return Math.max(1, Math.min(50, Math.round(PREDICT_SECONDS / usual)));
  }

  /** With no peer to compare with, our own figures all the same. */
  async #alone(ours: Ready): Promise<void> {
    for (let round = 0; round < this.options.repeats; round++) await this.#fit(ours);
    await this.#predict(ours, [], { rows: 1, times: ({ predictions }) => predictions, pairs: this.#predictionPairs });
    await this.#readPeak(ours);
    if (takesBatches(ours.measured)) await this.#predict(ours, [], { rows: BATCH, times: ({ batchPredictions }) => batchPredictions, pairs: this.#batchPredictionPairs });
  }

  /** Once: a batch that is predicted later takes memory that training does not. */
  async #readPeak({ contender, measured }: Ready): Promise<void> {
    if (Number.isNaN(measured.peakRssMiB)) measured.peakRssMiB = await contender.peakRssMiB();
  }

  /** A peer's failure is the peer's: the others go on. One of ours ends the case. */
  async #guarded(name: string, ours: Ready, work: () => Promise<void>): Promise<void> {
    if (this.#failures.has(name)) return;
    try {
      await work();
    } catch (error) {
      if (error instanceof ContenderError && error.contender === ours.contender.name) throw error;
      this.#failures.set(name, (error as Error).message);
      this.#peers.delete(name);
      for (const pairs of [this.#pairs, this.#predictionPairs, this.#batchPredictionPairs]) pairs.delete(name);
    }
  }

  #requireSameWork(ours: Loaded, peer: Loaded): void {
    if (ours.params !== peer.params || ours.steps_per_epoch !== peer.steps_per_epoch)
      throw new Error(`expected a model of ${ours.params} parameters and ${ours.steps_per_epoch} steps an epoch as ours, received ${peer.params} and ${peer.steps_per_epoch}`);
  }

  #isLarge({ params }: Loaded): boolean {
    const { inputs, targets, rows } = this.case_;
    const row = [...inputs, ...targets].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return (params + row * rows) * Float32Array.BYTES_PER_ELEMENT > LARGE_BYTES;
  }

  #result(ours: Measured | undefined, notSupported: string | undefined): CaseRun {
    const pairs = { pairs: this.#pairs, predictionPairs: this.#predictionPairs, batchPredictionPairs: this.#batchPredictionPairs };
    return { case: this.case_, ours, notSupported, peers: this.#peers, ...pairs, failures: this.#failures };
  }

  #say(text: string): void {
    this.options.onProgress?.(`${this.case_.name}: ${text}`);
  }
}

function addPair(pairs: PairsByPeer, name: string, pair: Pair): void {
  pairs.set(name, [...(pairs.get(name) ?? []), pair]);
}

const takesBatches = ({ predictions }: Measured): boolean => predictions.length > 0 && (median(predictions) * BATCH) / 1000 <= BATCH_SECONDS;

/** A fit that did not train, or did not record it, would be a fast one. */
function checked(name: string, loaded: Loaded, fitted: Fitted): Fitted {
  if (!Number.isFinite(fitted.loss)) throw new ContenderError(name, `fit: expected a finite loss, received ${fitted.loss}`);
  if (fitted.epochs_in_history * loaded.steps_per_epoch !== fitted.steps)
    throw new ContenderError(name, `fit: expected ${fitted.steps} steps in the History, received ${fitted.epochs_in_history} epochs of ${loaded.steps_per_epoch}`);
  return fitted;
}

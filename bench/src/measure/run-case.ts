import { sizeOf } from '@trainyard/ndarray';

import type { Case } from '../cases.js';
import { type Contender, ContenderError, type Fitted, type Loaded, NotSupportedError } from '../contenders/contender.js';
import { measurePair, type Pair } from './pairing.js';

/** What was measured of one contender. */
export interface Measured {
  readonly loaded: Loaded;
  /** Milliseconds a step, one for each fit. */
  readonly fits: number[];
  /** Milliseconds of predictions of one row. */
  readonly predictions: number[];
  peakRssMiB: number;
}

export interface CaseRun {
  readonly case: Case;
  /** `undefined` where the engine does not support the case: then `notSupported` says why, and no peer has run. */
  readonly ours: Measured | undefined;
  readonly notSupported: string | undefined;
  readonly peers: ReadonlyMap<string, Measured>;
  readonly pairs: ReadonlyMap<string, readonly Pair[]>;
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
const PREDICT_SECONDS = 0.3;

/**
 * Trains a case with the engine and with every peer in turns: ours, peer A, ours, peer B, and so on, `repeats` times. So
 * each fit of a peer has one of ours beside it in time, and their ratio is the figure. Then predictions, in the same way.
 */
export async function runCase(case_: Case, startOurs: Start, peers: ReadonlyMap<string, Start>, options: RunOptions): Promise<CaseRun> {
  return new CaseRunner(case_, options).run(startOurs, peers);
}

/** A contender that is loaded and warm. */
interface Ready {
  readonly contender: Contender;
  readonly measured: Measured;
  readonly predictCalls: number;
}

class CaseRunner {
  readonly #peers = new Map<string, Measured>();
  readonly #pairs = new Map<string, Pair[]>();
  readonly #failures = new Map<string, string>();

  constructor(
    private readonly case_: Case,
    private readonly options: RunOptions,
  ) {}

  async run(startOurs: Start, peers: ReadonlyMap<string, Start>): Promise<CaseRun> {
    const contender = startOurs();
    try {
      const ours = await this.#prepare(contender);
      const names = [...peers.keys()];
      const groups = this.#isLarge(ours.measured.loaded) ? names.map((name) => [name]) : [names];
      for (const group of groups) await this.#compare(ours, new Map(group.map((name) => [name, peers.get(name) as Start])));
      if (ours.measured.fits.length === 0) await this.#alone(ours);
      ours.measured.peakRssMiB = await contender.peakRssMiB();
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
          const peer = await this.#prepare(contender);
          this.#requireSameWork(ours.measured.loaded, peer.measured.loaded);
          ready.set(name, peer);
          this.#peers.set(name, peer.measured);
          this.#pairs.set(name, []);
        });
      }
      for (let round = 0; round < this.options.repeats; round++) {
        this.#say(`round ${round + 1} of ${this.options.repeats}`);
        for (const [name, peer] of ready) await this.#guarded(name, ours, () => this.#fitPair(name, round, ours, peer));
      }
      for (let round = 0; round < this.options.repeats; round++) for (const [name, peer] of ready) await this.#guarded(name, ours, () => this.#predictPair(round, ours, peer));
      for (const [name, peer] of ready) await this.#guarded(name, ours, async () => void (peer.measured.peakRssMiB = await peer.contender.peakRssMiB()));
    } finally {
      await Promise.all(started.map((contender) => contender.close()));
    }
  }

  async #prepare(contender: Contender): Promise<Ready> {
    this.#say(`${contender.name}: loading`);
    const loaded = await contender.load(this.case_);
    await contender.warmUp(this.options.seconds);
    const first = await contender.predict(5);
    const usual = (first.at(-1) ?? 1) / 1000;
    const predictCalls = Math.max(3, Math.min(50, Math.round(PREDICT_SECONDS / usual)));
    return { contender, predictCalls, measured: { loaded, fits: [], predictions: [], peakRssMiB: NaN } };
  }

  async #fitPair(name: string, round: number, ours: Ready, peer: Ready): Promise<void> {
    const fit = async ({ contender, measured }: Ready): Promise<number> => {
      const fitted = checked(contender.name, measured.loaded, await contender.fit());
      measured.fits.push(fitted.ms_per_step);
      return fitted.ms_per_step;
    };
    this.#pairs.get(name)?.push(await measurePair(round, () => fit(ours), () => fit(peer)));
  }

  async #predictPair(round: number, ours: Ready, peer: Ready): Promise<void> {
    const predict = async ({ contender, measured, predictCalls }: Ready): Promise<number> => {
      measured.predictions.push(...(await contender.predict(predictCalls)));
      return 0;
    };
    await measurePair(round, () => predict(ours), () => predict(peer));
  }

  /** With no peer to compare with, our own figures all the same. */
  async #alone({ contender, measured, predictCalls }: Ready): Promise<void> {
    for (let round = 0; round < this.options.repeats; round++) {
      measured.fits.push(checked(contender.name, measured.loaded, await contender.fit()).ms_per_step);
      measured.predictions.push(...(await contender.predict(predictCalls)));
    }
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
      this.#pairs.delete(name);
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
    return { case: this.case_, ours, notSupported, peers: this.#peers, pairs: this.#pairs, failures: this.#failures };
  }

  #say(text: string): void {
    this.options.onProgress?.(`${this.case_.name}: ${text}`);
  }
}

/** A fit that did not train, or did not record it, would be a fast one. */
function checked(name: string, loaded: Loaded, fitted: Fitted): Fitted {
  if (!Number.isFinite(fitted.loss)) throw new ContenderError(name, `fit: expected a finite loss, received ${fitted.loss}`);
  if (fitted.epochs_in_history * loaded.steps_per_epoch !== fitted.steps)
    throw new ContenderError(name, `fit: expected ${fitted.steps} steps in the History, received ${fitted.epochs_in_history} epochs of ${loaded.steps_per_epoch}`);
  return fitted;
}

import type { Case } from '../cases.js';

/** A model in some trainer, with its data: what is measured. */
export interface Contender {
  readonly name: string;
  /** Builds, compiles, trains the first batch. @throws NotSupportedError */
  load(case_: Case): Promise<Loaded>;
  /** Trains until nothing is new; `fit` takes about `seconds` from then on. */
  warmUp(seconds: number): Promise<Warm>;
  /** Trains for some epochs with shuffling and a History. */
  fit(): Promise<Fitted>;
  /** Milliseconds of each of so many predictions of a batch of so many rows. */
  predict(rows: number, calls: number): Promise<readonly number[]>;
  /** The most memory that it has had, in MiB. */
  peakRssMiB(): Promise<number>;
  close(): Promise<void>;
}

export interface Loaded {
  readonly versions: Readonly<Record<string, string>>;
  readonly params: number;
  readonly steps_per_epoch: number;
  /** From the start of the process to the end of the first step, less the making of the data. */
  readonly first_step_s: number;
}

export interface Warm {
  /** How steps are executed, where the contender chooses that: in words. */
  readonly plan?: string;
}

export interface Fitted {
  readonly ms_per_step: number;
  readonly steps: number;
  readonly epochs_in_history: number;
  readonly loss: number;
}

/** A line to a contender's process. */
export type Request =
  | { readonly op: 'load'; readonly case: Case; /** Seconds since 1970. */ readonly spawned_at: number }
  | { readonly op: 'warm_up'; readonly seconds: number }
  | { readonly op: 'fit' }
  | { readonly op: 'predict'; readonly rows: number; readonly calls: number };

/** Its line back. */
export type Answer = { readonly ok: unknown } | { readonly error: string } | { readonly not_supported: string };

/** The contender lacks something that the case needs. */
export class NotSupportedError extends Error {
  override readonly name = 'NotSupportedError';
}

/** What went wrong with a contender; the message begins with its name. */
export class ContenderError extends Error {
  override readonly name = 'ContenderError';

  constructor(
    readonly contender: string,
    problem: string,
  ) {
    super(`${contender}, ${problem}`);
  }
}

import type { Figure } from '../report/figures.js';
import type { Random } from '../random.js';
import type { Sites } from '../site/sites.js';
import type { Promises } from '../promises.js';

/** What a full run has, and a short one. */
export interface Sizes<T> {
  readonly full: T;
  readonly short: T;
}

export interface TrialContext<Name extends string> {
  /** How often things are broken. */
  readonly count: number;
  /** A tenth of everything, in minutes: on a machine that tests each change. */
  readonly short: boolean;
  /** Which of the two this run has. */
  readonly sizeOf: <T>(sizes: Sizes<T>) => T;
  /**
   * How long something may take, in milliseconds, that is promised to take so long. Times are a full run's to judge: in a
   * short one, beside whatever else the machine does, only what seems to hang is too late.
   */
  readonly atMost: (promisedMs: number) => number;
  readonly random: Random;
  readonly promises: Promises<Name>;
  /** Where the trial opens what it breaks. */
  readonly sites: Sites;
  readonly say: (text: string) => void;
}

/** One kind of damage, with what is promised all the same. */
export interface Trial<Name extends string = string> {
  readonly name: string;
  /** What is done. */
  readonly title: string;
  /** What it mostly does, which decides what may run beside it: `exact` measures milliseconds, `waits` waits for leases to expire. */
  readonly load: 'exact' | 'computes' | 'waits';
  readonly counts: Sizes<number>;
  /** Left out of a short run where it is not named: other tests look at what it promises, too. */
  readonly onlyInFull?: true;
  readonly promises: Readonly<Record<Name, string>>;
  /** Does the damage and checks the promises. @returns what was measured meanwhile */
  run(context: TrialContext<Name>): Promise<Figure[]>;
}

/** Names of promises are known where a trial is written, and not where trials are listed. */
export const defineTrial = <const Name extends string>(trial: Trial<Name>): Trial => trial;

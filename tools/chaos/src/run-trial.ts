import { Promises, type PromiseResult } from './promises.js';
import { Random } from './random.js';
import type { Figure } from './report/figures.js';
import type { Sites } from './site/sites.js';
import type { Sizes, Trial } from './trials/trial.js';

/** What takes longer, on however busy a machine, may never end. */
const hangsMs = 120_000;

/** What a trial has come to. */
export interface TrialResult {
  readonly name: string;
  readonly title: string;
  /** How often things were broken. */
  readonly count: number;
  readonly seconds: number;
  readonly promises: readonly PromiseResult[];
  readonly figures: readonly Figure[];
}

export interface RunOptions {
  readonly short: boolean;
  readonly seed: number;
  /** Why it is not run, where it is not. */
  readonly notRun?: string | undefined;
  readonly sites: Sites;
  readonly say: (text: string) => void;
}

/** Runs a trial. One that breaks off has broken a promise more: what it had still to check nobody knows. */
export async function runTrial(trial: Trial, { short, seed, notRun, sites, say: sayAll }: RunOptions): Promise<TrialResult> {
  const { name, title, counts } = trial;
  const sizeOf = <T>(sizes: Sizes<T>): T => (short ? sizes.short : sizes.full);
  const count = sizeOf(counts);
  const say = (text: string): void => sayAll(`${name}: ${text}`);
  const promises = new Promises<string>(trial.promises, say);
  if (notRun !== undefined) {
    say(notRun);
    promises.skipUnchecked(notRun);
    return { name, title, count: 0, seconds: 0, promises: promises.results(), figures: [] };
  }
  const started = performance.now();
  const brokenOff: PromiseResult[] = [];
  let figures: readonly Figure[] = [];
  try {
    figures = await trial.run({ count, short, sizeOf, atMost: (promisedMs) => (short ? Math.max(promisedMs, hangsMs) : promisedMs), random: new Random(seed ^ numberOf(name)), promises, sites, say });
  } catch (error) {
    const { message, stack = message } = error as Error;
    say(`BROKEN OFF: ${stack}`);
    brokenOff.push({ promise: 'the trial comes to its end', checks: 1, breaches: [{ seen: message, where: name }] });
  }
  // Few moments, which are random: it may be that none was one for a promise.
  if (short && brokenOff.length === 0) promises.skipUnchecked('there was no occasion for it');
  const seconds = Math.round((performance.now() - started) / 1000);
  say(`over after ${seconds} s`);
  return { name, title, count, seconds, promises: [...promises.results(), ...brokenOff], figures };
}

/** So that the trials of one seed draw different numbers. */
const numberOf = (name: string): number => [...name].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), 7);

import type { Runtime } from '@trainyard/engine';

import type { Comparison } from '../comparison.js';
import { isNotSupported } from '../not-supported.js';

export interface SweepResult {
  readonly comparison: Comparison;
  /** `name: reason` of the entries that need something the engine does not have. */
  readonly notSupported: string[];
}

/** One kind of sweep: told apart by what its file holds, not by its folder's name. */
export interface Sweep<T> {
  matches(file: unknown): file is T;
  run(file: T, runtime: Runtime, result: SweepResult): Promise<void>;
}

/** Runs one entry; what the engine does not have is noted, any other error is the case's. */
export async function entry(result: SweepResult, name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (isNotSupported(error)) {
      result.notSupported.push(`${name}: ${error.message}`);
      return;
    }
    result.comparison.faults.push({ place: name, text: (error as Error).message });
  }
}

export function hasKeys<K extends string>(value: unknown, ...keys: K[]): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value);
}

import { access } from 'node:fs/promises';
import path from 'node:path';

import type { Runtime } from '@trainyard/engine';

import type { Comparison } from './comparison.js';
import { isNotSupported } from './not-supported.js';
import { runSweep, type SweepResult } from './sweeps/run-sweep.js';
import { runTrainingCase } from './training-case.js';

export type CaseResult =
  | { readonly kind: 'compared'; readonly comparison: Comparison; readonly notSupported: readonly string[] }
  | { readonly kind: 'not-supported'; readonly reason: string };

const exists = (file: string): Promise<boolean> => access(file).then(() => true, () => false);

/** A folder with a `spec.json` is a training case, one with a `sweep.json` a sweep; any other is `undefined`. */
export async function runCase(folder: string, runtime: Runtime): Promise<CaseResult | undefined> {
  const training = await exists(path.join(folder, 'spec.json'));
  if (!training && !(await exists(path.join(folder, 'sweep.json')))) return undefined;
  try {
    if (training) return { kind: 'compared', comparison: await runTrainingCase(folder, runtime), notSupported: [] };
    const result: SweepResult = await runSweep(folder, runtime);
    if (result.comparison.compared === 0 && result.comparison.passed) return { kind: 'not-supported', reason: result.notSupported[0] ?? 'nothing to compare' };
    return { kind: 'compared', comparison: result.comparison, notSupported: result.notSupported };
  } catch (error) {
    if (isNotSupported(error)) return { kind: 'not-supported', reason: error.message };
    throw error;
  }
}

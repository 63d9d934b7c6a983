import { access } from 'node:fs/promises';
import path from 'node:path';

import type { Runtime } from '@trainyard/engine';

import { isByNameCase, runByNameCase } from './by-name-case.js';
import type { Comparison } from './comparison.js';
import { isNotSupported } from './not-supported.js';
import { readJson } from './reference.js';
import { isSavedModelsCase, runSavedModelsCase } from './saved-models-case.js';
import { runSweep, type SweepResult } from './sweeps/run-sweep.js';
import { runTrainingCase } from './training-case.js';
import { isVersionsCase, runVersionsCase } from './versions-case.js';

export type CaseResult =
  | { readonly kind: 'compared'; readonly comparison: Comparison; readonly notSupported: readonly string[] }
  | { readonly kind: 'not-supported'; readonly reason: string };

const exists = (file: string): Promise<boolean> => access(file).then(() => true, () => false);

/**
 * A folder with a `spec.json` is a training case, one with a `sweep.json` a sweep, one with an `expected.json` what that
 * file's shape says; any other is `undefined`.
 */
export async function runCase(folder: string, runtime: Runtime): Promise<CaseResult | undefined> {
  try {
    if (await exists(path.join(folder, 'spec.json'))) return compared(await runTrainingCase(folder, runtime));
    if (await exists(path.join(folder, 'sweep.json'))) return ofSweep(await runSweep(folder, runtime));
    if (!(await exists(path.join(folder, 'expected.json')))) return undefined;
    const expected = await readJson<unknown>(folder, 'expected.json');
    if (isByNameCase(expected)) return compared(await runByNameCase(folder, expected, runtime));
    if (isVersionsCase(expected)) return compared(await runVersionsCase(folder, expected, runtime));
    if (isSavedModelsCase(expected)) return compared(await runSavedModelsCase(folder, expected, runtime));
    return { kind: 'not-supported', reason: 'an expected.json of this kind' };
  } catch (error) {
    if (isNotSupported(error)) return { kind: 'not-supported', reason: error.message };
    throw error;
  }
}

function compared(comparison: Comparison): CaseResult {
  return { kind: 'compared', comparison, notSupported: [] };
}

function ofSweep({ comparison, notSupported }: SweepResult): CaseResult {
  if (comparison.compared === 0 && comparison.passed) return { kind: 'not-supported', reason: notSupported[0] ?? 'nothing to compare' };
  return { kind: 'compared', comparison, notSupported };
}

import type { Runtime } from '@trainyard/engine';

import { Comparison } from '../comparison.js';
import { readJson } from '../reference.js';
import { callbackSweep } from './callbacks.js';
import { initializerSweep } from './initializers.js';
import { layerSweep } from './layers.js';
import { lossSweep } from './losses.js';
import { metricSweep } from './metrics.js';
import { optimizerSweep } from './optimizers.js';
import type { Sweep, SweepResult } from './sweep-result.js';

export type { SweepResult } from './sweep-result.js';

const sweeps: readonly Sweep<unknown>[] = [callbackSweep, initializerSweep, layerSweep, lossSweep, metricSweep, optimizerSweep];

/** Runs a folder's `sweep.json`. A sweep of a kind that no runner knows is not supported as a whole. */
export async function runSweep(folder: string, runtime: Runtime): Promise<SweepResult> {
  const file = await readJson<unknown>(folder, 'sweep.json');
  const result: SweepResult = { comparison: new Comparison(), notSupported: [] };
  const sweep = sweeps.find((candidate) => candidate.matches(file));
  if (sweep) await sweep.run(file, runtime, result);
  else result.notSupported.push('a sweep of this kind');
  return result;
}

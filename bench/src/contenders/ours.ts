import path from 'node:path';

import { ChildContender } from './child-contender.js';
import type { Contender } from './contender.js';

const program = path.join(import.meta.dirname, '../trainyard/main.js');

/** Starts the engine in a process of its own; `env` is the environment of the benchmark. */
export function startOurs(env: NodeJS.ProcessEnv, entry: string = program): Contender {
  // The CPU, as the peers, whose TensorFlow is the CPU's.
  return new ChildContender({ name: 'trainyard', file: process.execPath, args: [entry], env: { ...env, CUDA_VISIBLE_DEVICES: '-1' } });
}

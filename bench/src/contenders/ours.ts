import path from 'node:path';

import { streamingNodeOptions } from '@trainyard/dataset';

import { ChildContender } from './child-contender.js';
import type { Contender } from './contender.js';
import { JsonProcess } from './json-process.js';

/** Programs of bench/src/trainyard, compiled. */
const folder = path.join(import.meta.dirname, '../trainyard');

/** Starts the engine in a process of its own; `env` is the environment of the benchmark. */
export function startOurs(env: NodeJS.ProcessEnv, programs: string = folder): Contender {
  return new ChildContender(commandOf('contender', env, programs));
}

/** Starts what takes a model's building apart, likewise. */
export function startBuilder(env: NodeJS.ProcessEnv, programs: string = folder): JsonProcess {
  return new JsonProcess(commandOf('builder', env, programs));
}

/** Starts what writes and reads .h5 files, likewise. */
export function startOurFiles(env: NodeJS.ProcessEnv, programs: string = folder): JsonProcess {
  return new JsonProcess(commandOf('h5-files', env, programs));
}

/** Starts what reads and trains from S3, likewise. */
export function startOurData(env: NodeJS.ProcessEnv, programs: string = folder): JsonProcess {
  const command = commandOf('streamed-data', env, programs);
  return new JsonProcess({ ...command, args: [...streamingNodeOptions, ...command.args] }); // as a worker starts its training processes
}

function commandOf(program: string, env: NodeJS.ProcessEnv, programs: string) {
  // The CPU, as the peers, whose TensorFlow is the CPU's.
  return { name: 'trainyard', file: process.execPath, args: [path.join(programs, `${program}.js`)], env: { ...env, CUDA_VISIBLE_DEVICES: '-1' } };
}

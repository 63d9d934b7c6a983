import path from 'node:path';

import { ChildContender } from './child-contender.js';
import type { Contender } from './contender.js';
import { type Command, JsonProcess } from './json-process.js';

/** The peers' names on the command line and in the figures, and what they are. */
export const peerTitles = {
  k208: 'Keras 2.0.8',
  tfk: 'tf-keras',
  k3_auto: 'Keras 3, TensorFlow',
  k3_nojit: 'Keras 3, TensorFlow, no XLA',
  k3_jax: 'Keras 3, JAX',
} as const;

export type PeerName = keyof typeof peerTitles;
export const peerNames = Object.keys(peerTitles) as readonly PeerName[];

/** Where install-peers.mjs put the peers' packages, and the Python that it made them for. */
export interface PeerPackages {
  readonly python: string;
  readonly folder: string;
}

const programs = path.join(import.meta.dirname, '../../peers');

/** Starts a peer; `env` is the environment of the benchmark. */
export function startPeer(name: PeerName, packages: PeerPackages, env: NodeJS.ProcessEnv): Contender {
  return new ChildContender(commandOf(name, 'peer.py', ['--peer', name], packages, env));
}

/** Starts what writes and reads .h5 files with h5py and Keras 2.0.8. */
export function startPeerFiles(packages: PeerPackages, env: NodeJS.ProcessEnv): JsonProcess {
  return new JsonProcess(commandOf('k208', 'h5_files.py', [], packages, env));
}

/** What reads training data from the disk: their names in the figures, and what they are. */
export const readerTitles = { tf_data: 'tf.data', flow_from_directory: 'Keras 2.0.8, flow_from_directory' } as const;
export type ReaderName = keyof typeof readerTitles;

/** Starts what reads a folder of training data as Python's trainings do. */
export function startPeerData(reader: ReaderName, packages: PeerPackages, env: NodeJS.ProcessEnv): JsonProcess {
  return new JsonProcess(commandOf(reader, 'data_files.py', ['--reader', reader], packages, env));
}

function commandOf(name: PeerName | ReaderName, program: string, args: readonly string[], { python, folder }: PeerPackages, env: NodeJS.ProcessEnv): Command {
  // -s: no packages of the user's own.
  return { name, file: python, args: ['-s', path.join(programs, program), ...args, '--packages', folder], env };
}

import path from 'node:path';

import { ChildContender } from './child-contender.js';
import type { Contender } from './contender.js';

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

const program = path.join(import.meta.dirname, '../../peers/peer.py');

/** Starts a peer; `env` is the environment of the benchmark. */
export function startPeer(name: PeerName, { python, folder }: PeerPackages, env: NodeJS.ProcessEnv): Contender {
  // -s: no packages of the user's own.
  return new ChildContender({ name, file: python, args: ['-s', program, '--peer', name, '--packages', folder], env });
}

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { openFilesystemStore, openS3Store } from '@trainyard/object-store';

import { startOurData } from '../contenders/ours.js';
import { type PeerPackages, type ReaderName, startPeerData } from '../contenders/peers.js';
import { dataCases } from './data-case.js';
import { type PeakMemory, peakOf } from './peak-memory.js';
import { type Place, runStreamed, type StreamedCase } from './run-streamed.js';
import { startSeaweed } from './seaweed.js';

/** Bytes of the two sources whose peak memory is compared, at the full size. */
const sourceBytes = [5e8, 5e9] as const;

export interface DataRun {
  readonly cases: readonly StreamedCase[];
  readonly memory: readonly PeakMemory[];
}

export interface DataOptions {
  /** Names of some of `dataCases`. */
  readonly cases: readonly string[];
  readonly repeats: number;
  /** Share of the full sizes. */
  readonly scale: number;
  /** Where Python's readers are; without them ours are measured alone. */
  readonly peers: PeerPackages | undefined;
  readonly say: (text: string) => void;
}

/**
 * Training and reading from an S3 server of its own: beside the same training from memory, and beside a bare loop of GETs. Reading the
 * same files from the disk, beside Python. Peak memory.
 */
export async function runData(env: NodeJS.ProcessEnv, options: DataOptions, programs?: string): Promise<DataRun> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-data-'));
  const seaweed = await startSeaweed();
  const { peers } = options;
  const place: Place = {
    s3: openS3Store(seaweed.config, seaweed.bucket),
    disk: await openFilesystemStore(folder),
    folder,
    start: () => startOurData(env, programs),
    startReader: peers && ((reader: ReaderName) => startPeerData(reader, peers, env)),
  };
  try {
    const cases: StreamedCase[] = [];
    for (const case_ of dataCases) if (options.cases.includes(case_.name)) cases.push(await runStreamed(case_, place, options));
    const memory: PeakMemory[] = [];
    for (const bytes of sourceBytes) memory.push(await peakOf(Math.round(bytes * options.scale), place, options));
    return { cases, memory };
  } finally {
    await seaweed.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

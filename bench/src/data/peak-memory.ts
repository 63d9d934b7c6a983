import { Source } from '@trainyard/protocol';

import type { DataRequest } from '../trainyard/streamed-data.js';
import { putBlobs } from './make-shards.js';
import type { DataOptions } from './run-data.js';
import { locationOf, type Place } from './run-streamed.js';

export interface PeakMemory {
  /** Of the source. */
  readonly bytes: number;
  readonly peakMiB: number;
}

/** The most memory of a process that streams a source of about so many bytes once. */
export async function peakOf(bytes: number, { s3, start }: Place, { say }: DataOptions): Promise<PeakMemory> {
  say(`memory: a source of ${Math.round(bytes / 1e6)} MB`);
  const prefix = `blobs-${bytes}/`;
  await putBlobs(async (key, file) => (await s3.put(key, file)).bytes, prefix, bytes);
  const process = start();
  try {
    const source = Source.parse({ uri: `files/${prefix}`, x: 'x0', transforms: [{ rescale: { column: 'x0', scale: 1 / 255 } }] });
    await process.ask({ op: 'open', store: locationOf(s3), source, inputs: ['x0'], outputs: [] } satisfies DataRequest);
    const { bytes: read } = await process.ask<{ bytes: number }>({ op: 'read', by: 'stream', batchSize: 128, workers: 1, passes: 1 } satisfies DataRequest);
    return { bytes: read, peakMiB: await process.peakRssMiB() };
  } finally {
    await process.close();
  }
}

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { PredictionPart } from '@trainyard/database';
import { streamNpz, type NpzPiece, type StreamedArray } from '@trainyard/ndarray';
import type { ObjectStore } from '@trainyard/object-store';
import { newUlid, npzMediaType, uniqueNames, type InferenceResult, type PredictedArray } from '@trainyard/protocol';
import type { OrderOf } from '../messages.js';
import { predictionsKey } from '../object-keys.js';
import type { Attempt } from '../train-job/attempt.js';
import { withPatience } from '../train-job/patience.js';
import { bytesOfArray } from './records/predictions.js';

/** Milliseconds between two signs of life. */
const reportEveryMs = 1_000;

/**
 * Makes one archive of the parts, with one array an output. It streams from storage to storage.
 *
 * @param names of the model's outputs.
 */
export async function joinParts({ order, store, report }: Attempt<OrderOf<'predict'>>, parts: readonly PredictionPart[], names: readonly string[]): Promise<Extract<InferenceResult, { kind: 'predict' }>> {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const unique = uniqueNames(names);
  const arrays = (parts[0]?.arrays ?? []).map(({ dtype, shape }, i): StreamedArray => ({ name: unique[i] ?? `output_${i}`, dtype, shape: [rows, ...shape], pieces: parts.map((part) => pieceOf(store, part, i)) }));
  const key = predictionsKey(order.project, order.ref.jobId, newUlid());
  return withPatience(async () => {
    const hash = createHash('sha256');
    let told = performance.now();
    const hashed = async function* () {
      for await (const chunk of streamNpz(arrays)) {
        hash.update(chunk);
        yield chunk;
        if (performance.now() - told < reportEveryMs) continue;
        told = performance.now();
        report({ rowsRead: rows });
      }
    };
    const { bytes } = await store.put(key, Readable.from(hashed(), { objectMode: false }), { contentType: npzMediaType });
    return { kind: 'predict', key, bytes, sha256: hash.digest('hex'), arrays: arrays.map(({ name, dtype, shape }): PredictedArray => ({ name, dtype, shape: [...shape] })) };
  });
}

function pieceOf(store: ObjectStore, part: PredictionPart, output: number): NpzPiece {
  const sizes = part.arrays.map((array) => bytesOfArray(part, array));
  const start = sizes.slice(0, output).reduce((sum, size) => sum + size, 0);
  const bytes = sizes[output] ?? 0;
  return {
    bytes,
    crc: part.arrays[output]?.crc ?? 0,
    open: async function* () {
      const { body } = await store.get(part.key, { start, end: start + bytes - 1 });
      for await (const chunk of body) yield chunk as Uint8Array;
    },
  };
}

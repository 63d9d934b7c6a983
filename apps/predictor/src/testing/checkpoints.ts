import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeNpy, nestedOf, sliceRows, type NdArray } from '@trainyard/ndarray';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { encodeFrame, frameMediaType, newCheckpointId, newJobId, type PredictorRequestInput } from '@trainyard/protocol';

export type TestCheckpoint = PredictorRequestInput['checkpoint'];

/** A file of the goldens: what genuine Keras wrote. */
const golden = (file: string): string => fileURLToPath(new URL(`../../../../tests/golden/${file}`, import.meta.url));

/** Whole models of the goldens as checkpoints in a store of a test's own. */
export class TestCheckpoints {
  private constructor(
    readonly store: ObjectStore,
    private readonly folder: string,
  ) {}

  static async open(): Promise<TestCheckpoints> {
    const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-predictor-'));
    return new TestCheckpoints(await openFilesystemStore(folder), folder);
  }

  /** Stores a case's model under an id of its own. */
  async add(name: string): Promise<TestCheckpoint> {
    const file = await readFile(golden(`${name}/whole_model.h5`));
    const id = newCheckpointId();
    const key = `projects/p/jobs/j/checkpoints/${id}.h5`;
    await this.store.put(key, file);
    return { id, kind: 'model', key, sha256: createHash('sha256').update(file).digest('hex') };
  }

  /** The first input's rows of a case. */
  async rows(name: string, count: number): Promise<NdArray> {
    return sliceRows(decodeNpy(await readFile(golden(`${name}/x_0.npy`))), 0, count);
  }

  /** The same as JSON has them. */
  async instances(name: string, count: number): Promise<unknown[]> {
    return nestedOf(await this.rows(name, count)) as unknown[];
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** What is posted to a predictor. */
export interface PredictorCall {
  readonly payload: Buffer;
  readonly headers: { readonly 'content-type': string };
}

/** A request with the bytes that go with it. */
export const framed = (json: unknown, parts: readonly Uint8Array[]): PredictorCall => ({ payload: Buffer.from(encodeFrame({ json, parts })), headers: { 'content-type': frameMediaType } });

/** Arrays of float32 by the inputs' names, as the API sends them, of lists of numbers. */
export function sentArrays(inputs: Readonly<Record<string, readonly unknown[]>>): { readonly tensors: PredictorRequestInput['tensors']; readonly parts: readonly Uint8Array[] } {
  const arrays = Object.entries(inputs).map(([name, list]) => {
    const shape: number[] = [];
    for (let inner: unknown = list; Array.isArray(inner); inner = (inner as unknown[])[0]) shape.push((inner as unknown[]).length);
    return { name, dtype: 'float32' as const, shape };
  });
  const parts = Object.values(inputs).map((list) => new Uint8Array(Float32Array.from(list.flat(Infinity) as number[]).buffer));
  return { tensors: { arrays }, parts };
}

/** What the API sends for rows of a model with one input. */
export function predictorCall(checkpoint: TestCheckpoint, rows: readonly unknown[], change: Partial<PredictorRequestInput> = {}): PredictorCall {
  const { tensors, parts } = sentArrays({ x: rows });
  const request: PredictorRequestInput = {
    ...{ project: 'p', job: newJobId(), checkpoint, model: null, raw: null, tensors },
    ...{ outputs: 'probabilities', layers: null, batch_size: 32, accept: 'json', ...change },
  };
  return framed(request, parts);
}

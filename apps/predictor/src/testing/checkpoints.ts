import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeNpy, nestedOf, sliceRows, type NdArray } from '@trainyard/ndarray';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { newCheckpointId, newJobId, type PredictorRequestInput } from '@trainyard/protocol';

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

/** What the API sends for rows. */
export const predictorRequest = (checkpoint: TestCheckpoint, instances: readonly unknown[], change: Partial<PredictorRequestInput> = {}): PredictorRequestInput => ({
  ...{ project: 'p', job: newJobId(), checkpoint, model: null, raw: null, tensors: { instances: [...instances] } },
  ...{ outputs: 'probabilities', layers: null, batch_size: 32, accept: 'json', ...change },
});

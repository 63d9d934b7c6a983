import { getJobSpec } from '@trainyard/database';
import { buildModel, type Model } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import type { Signature } from '@trainyard/protocol';
import type { Deps } from '../deps.js';
import type { ServedVersion } from './find-model.js';
import type { Target } from './target.js';

/** What a model takes and answers. */
export function signatureOf({ inputs, outputs }: Pick<Model, 'inputs' | 'outputs'>): Signature {
  const plain = (tensors: Model['inputs']): Signature['inputs'] => tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape: [...shape] }));
  return { inputs: plain(inputs), outputs: plain(outputs) };
}

const mostKept = 200;

/** Signatures of jobs' models, which do not change: to build a large one takes some 10 ms. */
export class Signatures {
  readonly #ofJobs = new Map<string, Promise<Signature>>();

  constructor(private readonly deps: Pick<Deps, 'database'>) {}

  /** All targets of a version have one signature, as is seen to when an alias is moved. */
  async ofVersion({ name, split: [first] }: ServedVersion): Promise<Signature> {
    if (!first) throw new Error(`${name}: expected a target, found none`);
    return this.of(first);
  }

  async of({ signature, jobId, checkpointId }: Target): Promise<Signature> {
    if (signature) return signature;
    if (jobId === null) throw new Error(`${checkpointId}: expected a signature with the copy of a file, found none`);
    const known = this.#ofJobs.get(jobId) ?? this.#build(jobId);
    this.#ofJobs.delete(jobId);
    this.#ofJobs.set(jobId, known); // the most recently used is the last
    known.catch(() => this.#ofJobs.delete(jobId));
    const [oldest] = this.#ofJobs.keys();
    if (this.#ofJobs.size > mostKept && oldest !== undefined) this.#ofJobs.delete(oldest);
    return known;
  }

  async #build(jobId: string): Promise<Signature> {
    const { architecture } = await getJobSpec(this.deps.database, jobId);
    return signatureOf(buildModel(parseModel(architecture)));
  }
}

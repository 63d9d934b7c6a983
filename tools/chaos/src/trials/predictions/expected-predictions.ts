import type { JobsApi } from '@trainyard/stack';
import { FEATURES } from '../../jobs/chaos-data.js';
import { readCheckpoint } from '../../results/checkpoint-content.js';

/** Rows that are predicted for. */
export const rows: readonly (readonly number[])[] = Array.from({ length: 16 }, (_, row) => Array.from({ length: FEATURES }, (_, i) => Math.fround(Math.sin(row * FEATURES + i))));

/** The last bits of float32. */
const tolerance = 1e-5;

/** What the checkpoints of a job predict for the rows: by loops over the weights that their files hold, without engine or TensorFlow. */
export class ExpectedPredictions {
  readonly #known = new Map<string, Promise<readonly number[]>>();

  /** @param job of the network `sequential`: a hidden layer with relu, an output with sigmoid. */
  constructor(
    private readonly api: JobsApi,
    private readonly job: string,
  ) {}

  /** How many checkpoints have answered. */
  get checkpoints(): number {
    return this.#known.size;
  }

  /** What is wrong with a prediction; undefined where nothing is. */
  async faultOf(checkpoint: string, row: number, predicted: unknown): Promise<string | undefined> {
    const known = this.#known.get(checkpoint) ?? this.#compute(checkpoint);
    this.#known.set(checkpoint, known);
    const expected = (await known)[row] ?? NaN;
    return typeof predicted === 'number' && Math.abs(predicted - expected) <= tolerance ? undefined : `expected ${expected} of ${checkpoint}, row ${row}, received ${JSON.stringify(predicted)}`;
  }

  async #compute(id: string): Promise<readonly number[]> {
    const { weights } = await readCheckpoint(this.api, this.job, { id, kind: 'model' });
    const [kernel, bias, outKernel, outBias] = weights.map(({ array }) => array.data as Float32Array);
    if (!kernel || !bias || !outKernel || !outBias) throw new Error(`${id}: expected four arrays of weights, received ${weights.length}`);
    return rows.map((row) => {
      let sum = outBias[0] ?? NaN;
      bias.forEach((start, unit) => {
        const hidden = row.reduce((total, value, i) => total + value * (kernel[i * bias.length + unit] ?? NaN), start);
        sum += Math.max(0, hidden) * (outKernel[unit] ?? NaN);
      });
      return 1 / (1 + Math.exp(-sum));
    });
  }
}

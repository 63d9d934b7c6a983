import { standardizeInputs, type ModelProgram, type Model } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';
import { Batcher, type RunReport } from '../batching/batcher.js';
import type { ServingLimits } from '../batching/limits.js';
import type { NamedOutput, Work } from '../batching/work.js';
import { outputOf } from './output-of.js';

export interface PredictOptions extends Pick<ServingLimits, 'maxBatchSize' | 'maxDelayMs'> {
  /** Rows at once; what a stateful model declares counts instead. */
  readonly batchSize: number;
  readonly layers: readonly string[] | null;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Graphs of one model: each shape, batch size and choice of layers is traced once, and kept. */
const mostVariants = 64;

/** A model that is loaded: answers predictions, one run after the other, those of several requests together. */
export class ServedModel {
  readonly #batcher: Batcher;
  readonly #variants = new Set<string>();
  #users = 0;
  #retired = false;

  constructor(
    private readonly program: ModelProgram,
    /** What its program takes of the machine's memory without graphs, more or less. */
    private readonly programBytes: number,
    /** What each graph adds. */
    private readonly graphBytes: number,
    onRun: (report: RunReport) => void = () => undefined,
  ) {
    this.#batcher = new Batcher({ joins: !this.#isStateful, run: (work) => this.#run(work), onRun });
  }

  get model(): Model {
    return this.program.model;
  }

  get bytes(): number {
    return this.programBytes + this.#variants.size * this.graphBytes;
  }

  /** Requests that wait for a run. */
  get waiting(): number {
    return this.#batcher.waiting;
  }

  /** Whether it has traced so many graphs that it should be loaded anew. */
  get worn(): boolean {
    return this.#variants.size >= mostVariants;
  }

  /** Keeps the model from being disposed of while `use` runs. */
  async hold<T>(use: (served: ServedModel) => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await use(this);
    } finally {
      this.#users--;
      this.#disposeIfUnused();
    }
  }

  /** Disposes of the model once nobody uses it. */
  retire(): void {
    this.#retired = true;
    this.#disposeIfUnused();
  }

  /**
   * A stateful model starts from cleared states in each request, and takes batches of the size that it declares.
   *
   * @param layers answer the outputs of these layers instead of the model's: `conv`, or `conv[1]` and `conv[1][0]` for a
   * call of the layer and one of its outputs, as Keras's summary names them.
   * @throws ApiError when there is no such layer; ModelDataError when `x` does not fit; the signal's reason.
   */
  async predict(given: readonly NdArray[], { batchSize, layers, maxBatchSize, maxDelayMs, signal }: PredictOptions): Promise<NamedOutput[]> {
    // What is wrong with a request is found before it is joined with others.
    layers?.forEach((name, i) => outputOf(this.model, name, i));
    const x = standardizeInputs(this.model, given);
    const rows = x[0]?.shape[0] ?? 0;
    const joinedRows = rows === 0 ? 0 : powerOfTwoUpTo(Math.min(batchSize, maxBatchSize));
    return this.#batcher.submit({ x, rows, layers, batchSize: this.program.declaredBatchSize ?? powerOfTwoUpTo(batchSize), joinedRows, maxDelayMs, signal });
  }

  async #run({ x, layers, batchSize }: Pick<Work, 'x' | 'layers' | 'batchSize'>): Promise<NamedOutput[]> {
    if (this.#isStateful) await this.program.resetStates();
    const { outputs } = this.model;
    const also = layers?.map((name, i) => outputOf(this.model, name, i)) ?? [];
    for (const size of tracedSizes(x[0]?.shape[0] ?? 0, batchSize)) this.#variants.add(JSON.stringify([size, x.map(({ shape }) => shape.slice(1)), layers]));
    const arrays = await this.program.predict(x, { batchSize, also });
    const names = layers ?? outputs.map(({ name }) => name);
    const first = layers ? outputs.length : 0;
    return names.map((name, i) => ({ name, array: arrays[first + i] as NdArray }));
  }

  get #isStateful(): boolean {
    return this.program.states.length > 0;
  }

  #disposeIfUnused(): void {
    if (this.#retired && this.#users === 0) this.program.dispose();
  }
}

/** Smaller batches are padded to a power of two: so few sizes are ever traced. */
const powerOfTwoUpTo = (size: number): number => 2 ** Math.floor(Math.log2(size));

/** Rows of the graphs that answer `rows` rows: of whole batches, and of what is left. */
function tracedSizes(rows: number, batchSize: number): number[] {
  const left = rows % batchSize;
  return [...(rows >= batchSize ? [batchSize] : []), ...(left > 0 ? [2 ** Math.ceil(Math.log2(left))] : [])];
}

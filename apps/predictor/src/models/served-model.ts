import { type ModelProgram, type Model } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';
import { outputOf } from './output-of.js';

/** An array under the name of the output, or layer, that answered it. */
export interface NamedOutput {
  readonly name: string;
  readonly array: NdArray;
}

export interface PredictOptions {
  /** Rows at once; what a stateful model declares counts instead. */
  readonly batchSize: number;
  readonly layers: readonly string[] | null;
}

/** Graphs of one model: each shape, batch size and choice of layers is traced once, and kept. */
const mostVariants = 64;

/** A model that is loaded: answers predictions, one batch after the other. */
export class ServedModel {
  readonly #variants = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();
  #users = 0;
  #retired = false;

  constructor(
    private readonly program: ModelProgram,
    /** What it takes of the machine's memory, more or less. */
    readonly bytes: number,
  ) {}

  get model(): Model {
    return this.program.model;
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
   * @throws ApiError when there is no such layer; ModelDataError when `x` does not fit.
   */
  async predict(x: readonly NdArray[], options: PredictOptions): Promise<NamedOutput[]> {
    if (this.program.states.length === 0) return this.#predict(x, options);
    // States are the program's: one request after the other.
    const answer = this.#turn.then(async () => {
      await this.program.resetStates();
      return this.#predict(x, options);
    });
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #predict(x: readonly NdArray[], { batchSize, layers }: PredictOptions): Promise<NamedOutput[]> {
    const { outputs } = this.model;
    const also = layers?.map((name, i) => outputOf(this.model, name, i)) ?? [];
    const declared = this.program.states.length > 0 ? this.model.inputs[0]?.shape[0] : undefined;
    // A power of two, as smaller batches are padded to one: so few sizes are ever traced.
    const size = declared ?? 2 ** Math.floor(Math.log2(batchSize));
    this.#variants.add(JSON.stringify([Math.min(size, x[0]?.shape[0] ?? 0), x.map(({ shape }) => shape.slice(1)), layers]));
    const arrays = await this.program.predict(x, { batchSize: size, also });
    const names = layers ?? outputs.map(({ name }) => name);
    const first = layers ? outputs.length : 0;
    return names.map((name, i) => ({ name, array: arrays[first + i] as NdArray }));
  }

  #disposeIfUnused(): void {
    if (this.#retired && this.#users === 0) this.program.dispose();
  }
}

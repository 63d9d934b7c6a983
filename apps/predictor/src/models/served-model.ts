import { type ModelProgram, type Model, type TensorKey } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';
import { invalidRequest } from '@trainyard/protocol';

/** An array under the name of the output, or layer, that answered it. */
export interface NamedOutput {
  readonly name: string;
  readonly array: NdArray;
}

/** Graphs of one model: each shape, batch size and choice of layers is traced once, and kept. */
const mostVariants = 64;

/** A model that is loaded: answers predictions, one batch after the other. */
export class ServedModel {
  readonly #variants = new Set<string>();
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
   * @param layers answer the outputs of these layers instead of the model's.
   * @throws ApiError when there is no such layer; ModelDataError when `x` does not fit.
   */
  async predict(x: readonly NdArray[], { batchSize, layers }: { batchSize: number; layers: readonly string[] | null }): Promise<NamedOutput[]> {
    const { outputs } = this.model;
    const also = layers?.map((name, i) => this.#outputOf(name, i)) ?? [];
    // A power of two, as smaller batches are padded to one: so few sizes are ever traced.
    const size = 2 ** Math.floor(Math.log2(batchSize));
    this.#variants.add(JSON.stringify([Math.min(size, x[0]?.shape[0] ?? 0), x.map(({ shape }) => shape.slice(1)), layers]));
    const arrays = await this.program.predict(x, { batchSize: size, also });
    const names = layers ?? outputs.map(({ name }) => name);
    const first = layers ? outputs.length : 0;
    return names.map((name, i) => ({ name, array: arrays[first + i] as NdArray }));
  }

  #outputOf(name: string, position: number): TensorKey {
    const node = this.model.nodes.find(({ layer }) => layer.name === name);
    if (node) return { node, tensor: 0 };
    const known = this.model.layers.map((layer) => layer.name).join(', ');
    throw invalidRequest([{ pointer: `/layers/${position}`, code: 'invalid_value', detail: `the model has no layer ${JSON.stringify(name)}; its layers are ${known}` }]);
  }

  #disposeIfUnused(): void {
    if (this.#retired && this.#users === 0) this.program.dispose();
  }
}

import type { NdArray } from '@trainyard/ndarray';

import type { Batch } from '../data/batch.js';
import type { VariableSpec } from '../runtime/runtime.js';
import type { ModelProgram } from './model-program.js';
import { StepCaches } from './step-cache.js';
import { feedsOf } from './trainer.js';

/** All rows of a training, held as variables of its program: batches are gathered from them within the steps. */
export class ResidentRows {
  /** By feed, the variable that holds its rows. */
  readonly variables: ReadonlyMap<string, string>;
  /** The steps over them. */
  readonly steps = new StepCaches();
  readonly #program: ModelProgram;
  readonly #specs: readonly VariableSpec[];

  /** @param shapes rows like those that will be held. */
  constructor(
    program: ModelProgram,
    readonly shapes: Batch,
  ) {
    const arrays = Object.entries(feedsOf(shapes));
    this.#program = program;
    this.#specs = arrays.map(([name, { shape, dtype }]) => ({ name: variableOf(name), shape, dtype: dtype as VariableSpec['dtype'] }));
    this.variables = new Map(arrays.map(([name]) => [name, variableOf(name)]));
    program.declare(this.#specs);
  }

  /** Whether these rows have the shapes and dtypes of those that are held. */
  fits(rows: Batch): boolean {
    const arrays = Object.entries(feedsOf(rows));
    const same = (spec: VariableSpec, [name, { shape, dtype }]: [string, NdArray]): boolean => spec.name === variableOf(name) && spec.dtype === dtype && spec.shape.join() === shape.join();
    return arrays.length === this.#specs.length && this.#specs.every((spec, i) => same(spec, arrays[i] as [string, NdArray]));
  }

  /** Copies rows to where the steps run. */
  async write(rows: Batch): Promise<void> {
    await this.#program.write(new Map(Object.entries(feedsOf(rows)).map(([name, array]): [string, NdArray] => [variableOf(name), array])));
  }

  /** Frees the rows and the steps over them. */
  async release(): Promise<void> {
    this.steps.dispose();
    await this.#program.release([...this.variables.values()]);
  }
}

/** No layer's weight has such a name: Keras's names have no leading slash. */
function variableOf(feed: string): string {
  return `/rows/${feed}`;
}

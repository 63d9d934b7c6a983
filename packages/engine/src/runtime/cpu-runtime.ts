import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { allocate, type NdArray, sizeOf } from '@trainyard/ndarray';

import { registerCpuKernels } from '../ops/register-cpu-kernels.js';
import { applyRule } from './apply-rule.js';
import { checkFeeds, checkVariable } from './check.js';
import type { CompiledStep, Program, Runtime, StepDefinition, StepScope, VariableSpec } from './runtime.js';

/**
 * The oracle: each run calls `build` on tfjs's pure-JavaScript backend. Slow, obvious, and written without a line of what
 * the traced runtime is made of, so that the two can be compared.
 */
export class CpuRuntime implements Runtime {
  readonly name = 'cpu';

  constructor() {
    registerCpuKernels();
    const backend = tf.findBackend('cpu') as { firstUse?: boolean } | null;
    if (backend) backend.firstUse = false; // silences tfjs's advice to install its own native package
  }

  createProgram(variables: readonly VariableSpec[]): Program {
    return new CpuProgram(variables);
  }

  dispose(): void {
    // Nothing is held but JavaScript objects.
  }
}

class CpuProgram implements Program {
  readonly #specs = new Map<string, VariableSpec>();
  readonly #values = new Map<string, NdArray>();

  constructor(variables: readonly VariableSpec[]) {
    this.declare(variables);
  }

  declare(variables: readonly VariableSpec[]): void {
    for (const spec of variables) {
      const { name, shape, dtype } = spec;
      if (this.#specs.has(name)) throw new RangeError(`${name}: two variables of the program have this name`);
      this.#specs.set(name, spec);
      this.#values.set(name, { dtype, shape, data: allocate(dtype, sizeOf(shape)) });
    }
  }

  async release(names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.#specs.delete(name);
      this.#values.delete(name);
    }
  }

  compile(step: StepDefinition): CompiledStep {
    return {
      run: async (feeds) => {
        checkFeeds(step, feeds);
        return this.#run(step, feeds);
      },
      dispose: () => undefined,
    };
  }

  async read(names: readonly string[]): Promise<NdArray[]> {
    return names.map((name) => {
      const value = this.#value(name);
      return { ...value, data: value.data.slice() };
    });
  }

  async write(values: ReadonlyMap<string, NdArray>): Promise<void> {
    for (const [name, value] of values) {
      checkVariable(this.#specs.get(name), name, value);
      this.#values.set(name, { ...value, data: value.data.slice() });
    }
  }

  dispose(): void {
    this.#values.clear();
  }

  #value(name: string): NdArray {
    const value = this.#values.get(name);
    if (!value) throw new RangeError(`variable "${name}": expected one of the program's, which has none of that name`);
    return value;
  }

  async #run(step: StepDefinition, feeds: Readonly<Record<string, NdArray>>): Promise<NdArray[]> {
    const before = tf.getBackend();
    await tf.setBackend('cpu');
    try {
      return this.#runOnBackend(step, feeds);
    } finally {
      if (before && before !== 'cpu') await tf.setBackend(before);
    }
  }

  #runOnBackend(step: StepDefinition, feeds: Readonly<Record<string, NdArray>>): NdArray[] {
    const assigned = new Map<string, tf.Tensor>();
    const reads = new Map<string, tf.Tensor>();
    const tensor = (array: NdArray): tf.Tensor => tf.tensor(array.data as Float32Array, [...array.shape], array.dtype === 'int32' ? 'int32' : 'float32');
    let fetched: NdArray[] = [];
    tf.tidy(() => {
      const scope: StepScope = {
        feed: (name) => tensor(feeds[name] as NdArray),
        read: (name) => {
          const known = reads.get(name) ?? tensor(this.#value(name));
          reads.set(name, known);
          return known;
        },
        assign: (name, value) => {
          if (assigned.has(name)) throw new Error(`variable "${name}" is assigned twice in one step`);
          assigned.set(name, value);
        },
        updateInPieces: undefined,
        fuse: (inputs, body) => body(inputs),
        update: (rule) => {
          for (const [name, value] of applyRule(rule, (variable) => scope.read(variable))) scope.assign(name, value);
        },
      };
      fetched = step.build(scope).map(toArray);
      for (const [name, value] of assigned) this.#values.set(name, toArray(value));
    });
    return fetched;
  }
}

function toArray(value: tf.Tensor): NdArray {
  const dtype = value.dtype === 'int32' ? 'int32' : value.dtype === 'bool' ? 'bool' : 'float32';
  return { dtype, shape: [...value.shape], data: value.dataSync() };
}

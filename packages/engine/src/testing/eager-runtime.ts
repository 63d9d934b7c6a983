import * as tf from '@tensorflow/tfjs-core';
import { allocate, type NdArray, sizeOf } from '@trainyard/ndarray';
import { findLibrary, registerTensorFlowBackend } from '@trainyard/tensorflow';

import type { CompiledStep, Program, Runtime, StepDefinition, StepScope, VariableSpec } from '../runtime/runtime.js';

/**
 * libtensorflow, op by op: what a trace must not change. Runs steps that have no loop.
 */
export async function eagerRuntime(): Promise<Runtime> {
  const before = tf.getBackend();
  await registerTensorFlowBackend({ library: findLibrary(process.env) });
  if (before) await tf.setBackend(before);
  return { name: 'eager', createProgram: (variables) => new EagerProgram(variables), dispose: () => undefined };
}

class EagerProgram implements Program {
  readonly #values = new Map<string, NdArray>();

  constructor(variables: readonly VariableSpec[]) {
    this.declare(variables);
  }

  declare(variables: readonly VariableSpec[]): void {
    for (const { name, shape, dtype } of variables) this.#values.set(name, { dtype, shape, data: allocate(dtype, sizeOf(shape)) });
  }

  async release(names: readonly string[]): Promise<void> {
    for (const name of names) this.#values.delete(name);
  }

  compile(step: StepDefinition): CompiledStep {
    return { run: (feeds) => this.#run(step, feeds), dispose: () => undefined };
  }

  async read(names: readonly string[]): Promise<NdArray[]> {
    return names.map((name) => this.#values.get(name) as NdArray);
  }

  async write(values: ReadonlyMap<string, NdArray>): Promise<void> {
    for (const [name, value] of values) this.#values.set(name, value);
  }

  dispose(): void {
    this.#values.clear();
  }

  async #run(step: StepDefinition, feeds: Readonly<Record<string, NdArray>>): Promise<NdArray[]> {
    const before = tf.getBackend();
    await tf.setBackend('tensorflow');
    try {
      let fetched: NdArray[] = [];
      tf.tidy(() => {
        fetched = this.#build(step, feeds);
      });
      return fetched;
    } finally {
      await tf.setBackend(before);
    }
  }

  #build(step: StepDefinition, feeds: Readonly<Record<string, NdArray>>): NdArray[] {
    const assigned = new Map<string, tf.Tensor>();
    const known = new Map<string, tf.Tensor>();
    const tensor = ({ data, shape, dtype }: NdArray): tf.Tensor => tf.tensor(data as Float32Array, [...shape], dtype === 'int32' ? 'int32' : 'float32');
    const scope: StepScope = {
      feed: (name) => tensor(feeds[name] as NdArray),
      read: (name) => {
        const value = known.get(name) ?? tensor(this.#values.get(name) as NdArray);
        known.set(name, value);
        return value;
      },
      assign: (name, value) => void assigned.set(name, value),
      updateInPieces: undefined,
      fuse: (inputs, body) => body(inputs),
      update: (rule) => {
        const step = tf.mul(rule.learningRate, rule.gradient);
        if (rule.kind === 'gradient_descent') {
          assigned.set(rule.variable, tf.sub(scope.read(rule.variable), step));
          return;
        }
        if (rule.nesterov) throw new Error('the eager runtime of the tests has no Nesterov momentum');
        const momentum = tf.sub(tf.mul(scope.read(rule.momentumSlot), rule.momentum), step);
        assigned.set(rule.momentumSlot, momentum);
        assigned.set(rule.variable, tf.add(scope.read(rule.variable), momentum));
      },
    };
    const fetched = step.build(scope).map(toArray);
    for (const [name, value] of assigned) this.#values.set(name, toArray(value));
    return fetched;
  }
}

function toArray(value: tf.Tensor): NdArray {
  return { dtype: value.dtype === 'int32' ? 'int32' : 'float32', shape: [...value.shape], data: value.dataSync().slice() };
}

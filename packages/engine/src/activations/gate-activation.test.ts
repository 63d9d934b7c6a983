import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { ConfigReader } from '../config/config-reader.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import { tensorflow } from '../testing/tensorflow.js';
import { readGateActivation, supportedGateActivations } from './gate-activation.js';

// Brings tfjs's own gradients, which its core alone does not have.
beforeAll(() => void tensorflow());

const inputs = [-4, -2.4, -1, -0.3, 0.2, 0.7, 1.9, 3.1];

/** Output gradients beside those of tfjs's tape, for Σ y·dy. */
async function gradients(name: string, kerasVersion: string): Promise<{ ours: number[]; tape: number[] }> {
  const { apply, gradient } = readGateActivation(new ConfigReader({ it: name }, '', kerasVersion), 'it', 'tanh');
  const program = new CpuRuntime().createProgram([]);
  const step = program.compile({
    name: 'gradients',
    feeds: [],
    build: () => {
      const x = tf.tensor2d(inputs, [2, 4]);
      const dy = tf.reshape(tf.cos(tf.range(0, inputs.length)), [2, 4]);
      const tape = tf.grad((value: tf.Tensor) => tf.sum(tf.mul(apply(value), dy)))(x);
      return [gradient(dy, apply(x)), tape];
    },
  });
  const [ours, tape] = await step.run({});
  return { ours: Array.from(ours?.data ?? [], Number), tape: Array.from(tape?.data ?? [], Number) };
}

describe('the gradient of an activation, had from its output', () => {
  it.each(supportedGateActivations().flatMap((name) => [[name, '2.0.8'], [name, '3.15.1']] as const))('%s of Keras %s is the derivative', async (name, kerasVersion) => {
    const { ours, tape } = await gradients(name, kerasVersion);
    tape.forEach((slope, i) => expect(ours[i]).toBeCloseTo(slope, 5));
  });
});

import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { type Json, parseModel } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { estimateMemory } from './estimate-memory.js';

const layer = (className: string, name: string, config: Record<string, Json>): Json => ({ class_name: className, config: { name, ...config } });
const dense = (name: string, units: number, more: Record<string, Json> = {}): Json => layer('Dense', name, { units, ...more });
const sequential = (...layers: Json[]): Model => buildModel(parseModel({ class_name: 'Sequential', keras_version: '2.0.8', config: layers }));
const MiB = 2 ** 20;

describe('estimateMemory', () => {
  it('counts weights, gradients, slots of the optimizer and the file, frozen layers aside', () => {
    const model = sequential(dense('a', 1000, { batch_input_shape: [null, 1000], use_bias: false }), dense('b', 500, { use_bias: false, trainable: false }));
    const [sgd, adam] = ['sgd', 'adam'].map((optimizer) => estimateMemory(model, 1, { compiled: compileModel(model, { optimizer, loss: 'mse' }) }).parts);
    expect(sgd).toMatchObject({ weights: 6e6, gradients: 4e6, optimizer: 4e6, checkpoint: 3e7 }); // Keras's SGD has one slot
    expect(adam).toMatchObject({ weights: 6e6, gradients: 4e6, optimizer: 8e6, checkpoint: 4.2e7 });
    expect(estimateMemory(model, 1).parts.optimizer).toBe(8e6);
  });

  it('activations grow with the batch, recurrent ones with time, and those inside wrappers and models are counted', () => {
    const activations = (model: Model, batch: number): number => estimateMemory(model, batch).parts.activations;
    const mlp = sequential(dense('a', 100, { batch_input_shape: [null, 10] }));
    expect(activations(mlp, 3)).toBe(3 * 2 * 4 * 200);
    const lstm = (steps: number): Model => sequential(layer('LSTM', 'l', { units: 8, batch_input_shape: [null, steps, 4] }));
    expect(activations(lstm(200), 2) / activations(lstm(100), 2)).toBeCloseTo(2, 1);
    const inner: Json = { class_name: 'Sequential', config: [dense('i', 100, { batch_input_shape: [null, 10] })] };
    const each = sequential(layer('TimeDistributed', 't', { layer: inner, batch_input_shape: [null, 5, 10] }));
    expect(activations(each, 1)).toBe(5 * activations(mlp, 1) + 2 * 4 * 500);
    const unknown = sequential(layer('Conv1D', 'c', { filters: 2, kernel_size: 1, batch_input_shape: [null, null, 3] }));
    expect(estimateMemory(unknown, 1, { assumedLength: 50 }).parts.activations).toBe(50 * activations(unknown, 1));
  });

  it('answers at once for sizes that no machine has', () => {
    const model = sequential(dense('a', 1e12, { batch_input_shape: [null, 1000] }));
    const began = performance.now();
    const { train_bytes, predict_bytes } = estimateMemory(model, 32);
    expect(performance.now() - began).toBeLessThan(100);
    expect(train_bytes).toBeGreaterThan(4e15);
    expect(predict_bytes).toBeGreaterThan(4e15);
  });

  it('is what a process takes, within a factor of 2', () => {
    const script = path.resolve(import.meta.dirname, '../../../../scripts/measure-memory.mjs');
    const text = execFileSync(process.execPath, [script, 'lstm'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const ratios = [...text.matchAll(/ratio ([\d.]+)/g)].map(([, ratio]) => Number(ratio));
    expect(ratios).toHaveLength(2);
    for (const ratio of ratios) {
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    }
    expect(estimateMemory(sequential(dense('a', 1, { batch_input_shape: [null, 1] })), 1).train_bytes).toBeGreaterThan(300 * MiB);
  }, 60_000);
});

import { FormatError, type Json, parseModel } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import { metrics } from '../metrics/registry.js';
import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { compileModel } from './compile-model.js';

const input = { class_name: 'InputLayer', name: 'in', config: { name: 'in', batch_input_shape: [null, 4] }, inbound_nodes: [] };
const output = (name: string, units: number): Json => ({ class_name: 'Dense', name, config: { name, units }, inbound_nodes: [[['in', 0, 0, {}]]] });

function model(outputs: Readonly<Record<string, number>>): Model {
  const names = Object.keys(outputs);
  const layers = [input, ...names.map((name) => output(name, outputs[name] ?? 1))];
  return buildModel(parseModel({ class_name: 'Model', keras_version: '2.0.8', config: { name: 'm', layers, input_layers: [['in', 0, 0]], output_layers: names.map((name) => [name, 0, 0]) } }));
}

const names = (outputs: Record<string, number>, spec: Record<string, Json>): readonly string[] => compileModel(model(outputs), { optimizer: 'sgd', loss: 'mse', ...spec }).metricsNames;

describe('metricsNames, as Keras 2.0 spells them', () => {
  it('one output', () => {
    expect(names({ a: 3 }, { metrics: ['accuracy', 'mae', 'mean_squared_error'] })).toEqual(['loss', 'acc', 'mean_absolute_error', 'mean_squared_error']);
    expect(names({ a: 3 }, { metrics: ['acc'], weighted_metrics: ['acc'] })).toEqual(['loss', 'acc', 'weighted_acc']);
    expect(names({ a: 3 }, { metrics: ['mse', 'mse'] })).toEqual(['loss', 'mean_squared_error', 'mean_squared_error_1']);
  });

  it('several outputs', () => {
    expect(names({ main: 1, aux: 2 }, { metrics: { main: ['accuracy'], aux: 'mse' } })).toEqual(['loss', 'main_loss', 'aux_loss', 'main_acc', 'aux_mean_squared_error']);
    expect(names({ main: 1, aux: 2 }, { metrics: ['mae'] })).toEqual(['loss', 'main_loss', 'aux_loss', 'main_mean_absolute_error', 'aux_mean_absolute_error']);
  });
});

/** The same model as Keras 3 writes it. */
function keras3Model(outputs: Readonly<Record<string, number>>): Model {
  const description = model(outputs).description;
  return buildModel({ ...description, kerasVersion: '3.15.1' });
}

describe('as Keras 3 means it', () => {
  const keras3Names = (outputs: Record<string, number>, spec: Record<string, Json>): readonly string[] => compileModel(keras3Model(outputs), { optimizer: 'sgd', loss: 'mse', ...spec }).metricsNames;

  it('a metric is reported by the name by which it was asked for, and a weighted one is marked where that is taken', () => {
    expect(keras3Names({ a: 3 }, { metrics: ['accuracy', 'mse', 'acc', 'mse'] })).toEqual(['loss', 'accuracy', 'mse', 'acc', 'mse_1']);
    expect(keras3Names({ a: 3 }, { metrics: ['accuracy'], weighted_metrics: ['accuracy', 'mae'] })).toEqual(['loss', 'accuracy', 'weighted_accuracy', 'mae']);
    expect(keras3Names({ main: 3, aux: 1 }, { metrics: ['accuracy', 'mae'] })).toEqual(['loss', 'main_loss', 'aux_loss', 'main_accuracy', 'aux_mae']);
    expect(keras3Names({ main: 3, aux: 1 }, { metrics: [['accuracy', 'mse'], null] })).toEqual(['loss', 'main_loss', 'aux_loss', 'main_accuracy', 'main_mse']);
  });

  it('accuracy goes by shapes, not by the loss', () => {
    const metric = (of: Model): unknown => compileModel(of, { optimizer: 'sgd', loss: 'binary_crossentropy', metrics: ['accuracy'] }).outputs[0]?.metrics[0]?.metric;
    expect(metric(keras3Model({ a: 3 }))).toBe(metrics.get('categorical_accuracy'));
    expect([metrics.get('binary_accuracy'), metrics.get('categorical_accuracy')]).not.toContain(metric(keras3Model({ a: 1 })));
    expect(metric(model({ a: 3 }))).toBe(metrics.get('binary_accuracy'));
  });

  it('an optimizer means what its arguments, or else its model, say', () => {
    const optimizer = (of: Model, value: Json): Json => compileModel(of, { optimizer: value, loss: 'mse' }).optimizer.config;
    expect(optimizer(keras3Model({ a: 1 }), 'adam')).toMatchObject({ learning_rate: 0.001, epsilon: 1e-7, amsgrad: false });
    expect(optimizer(model({ a: 1 }), 'adam')).toMatchObject({ lr: 0.001, epsilon: 1e-8 });
    expect(optimizer(model({ a: 1 }), { class_name: 'Custom>Adam', config: { learning_rate: 0.01, jit_compile: false } })).toMatchObject({ learning_rate: 0.01, epsilon: 1e-7 });
    expect(optimizer(keras3Model({ a: 1 }), { class_name: 'Adam', config: { lr: 0.01 } })).toMatchObject({ lr: 0.01, epsilon: 1e-8 });
    expect(optimizer(model({ a: 1 }), 'AdamW')).toMatchObject({ weight_decay: 0.004 });
  });

  it.each<[Json, string, string]>([
    [{ class_name: 'Adam', config: { learning_rate: { class_name: 'ExponentialDecay', config: {} } } }, 'learning_rate', 'use the callback LearningRateScheduler'],
    [{ class_name: 'Adam', config: { use_ema: true } }, 'use_ema', 'expected false'],
    [{ class_name: 'Adam', config: { gradient_accumulation_steps: 2 } }, 'gradient_accumulation_steps', 'expected null'],
    [{ class_name: 'Adam', config: { clipnorm: 1, clipvalue: 1 } }, 'clipvalue', 'one of clipnorm, global_clipnorm and clipvalue'],
    [{ class_name: 'Adam', config: { learning_rate: 1, lr: 1 } }, 'lr', 'unknown argument'],
  ])('optimizer %j is refused', (optimizer, argument, text) => {
    expect(() => compileModel(keras3Model({ a: 1 }), { optimizer, loss: 'mse' })).toThrow(`/compile/optimizer/config/${argument}`);
    expect(() => compileModel(keras3Model({ a: 1 }), { optimizer, loss: 'mse' })).toThrow(text);
  });

  it('Lion and Ftrl are not there', () => {
    for (const optimizer of ['lion', 'ftrl']) expect(() => compileModel(keras3Model({ a: 1 }), { optimizer, loss: 'mse' })).toThrow(`unknown optimizer "${optimizer}"`);
  });

  it.each<[Json, string, string]>([
    [{ class_name: 'MeanSquaredError', config: { from_logits: true } }, '/compile/loss/config/from_logits', 'expected false'],
    [{ class_name: 'MeanSquaredError', config: { reduction: 'sum' } }, '/compile/loss/config/reduction', 'one of sum_over_batch_size, auto'],
    [{ class_name: 'SparseCategoricalCrossentropy', config: { ignore_class: 1 } }, '/compile/loss/config/ignore_class', 'expected null'],
    [{ class_name: 'SparseCategoricalCrossentropy', config: { label_smoothing: 0.1 } }, '/compile/loss/config/label_smoothing', 'expected 0'],
    [{ class_name: 'CosineSimilarity', config: {} }, '/compile/loss/class_name', 'unknown loss "CosineSimilarity"'],
  ])('loss %j is refused', (loss, place, text) => {
    expect(() => compileModel(keras3Model({ a: 3 }), { optimizer: 'sgd', loss })).toThrow(place);
    expect(() => compileModel(keras3Model({ a: 3 }), { optimizer: 'sgd', loss })).toThrow(text);
  });
});

describe('what does not fit the model is refused with its place', () => {
  it.each<[Record<string, Json>, string, string]>([
    [{ optimizer: 'sdg' }, '/compile/optimizer', 'unknown optimizer "sdg"; expected one of adadelta, adagrad, adam, adamax, adamw, nadam, rmsprop, sgd'],
    [{ optimizer: { class_name: 'SGD', config: { learning: 1 } } }, '/compile/optimizer/config/learning', 'unknown argument; SGD takes lr, momentum, decay, nesterov, clipnorm, clipvalue'],
    [{ optimizer: { class_name: 'SGD', config: { lr: 'fast' } } }, '/compile/optimizer/config/lr', 'received "fast"'],
    [{ loss: 'msee' }, '/compile/loss', 'unknown loss "msee"'],
    [{ loss: ['mse'] }, '/compile/loss', 'expected one entry for each of the outputs main, aux, received 1'],
    [{ loss: { main: 'mse' } }, '/compile/loss', 'expected an entry for the output "aux", received none'],
    [{ loss: { main: 'mse', oux: 'mse' } }, '/compile/loss/oux', 'the model has no output of that name; its outputs are main, aux'],
    [{ metrics: ['accuracy', 'speed'] }, '/compile/metrics/1', 'unknown metric "speed"'],
    [{ metrics: { other: ['mae'] } }, '/compile/metrics/other', 'the model has no output of that name'],
    [{ loss_weights: { main: 'a' } }, '/compile/loss_weights/main', 'expected a number, received "a"'],
    [{ sample_weight_mode: 'temporal' }, '/compile/sample_weight_mode', 'expected an output with a time dimension'],
  ])('%j', (spec, pointer, text) => {
    let error: unknown;
    try {
      compileModel(model({ main: 1, aux: 2 }), { optimizer: 'sgd', loss: 'mse', ...spec });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).pointer).toBe(pointer);
    expect((error as FormatError).message).toContain(text);
  });
});

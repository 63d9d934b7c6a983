import { FormatError, type Json, parseModel } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

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

describe('what does not fit the model is refused with its place', () => {
  it.each<[Record<string, Json>, string, string]>([
    [{ optimizer: 'sdg' }, '/compile/optimizer', 'unknown optimizer "sdg"; expected one of adadelta, adagrad, adam, adamax, nadam, rmsprop, sgd'],
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

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type Json, parseModel } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { type StoredArray, storedArray } from '../testing/stored-array.js';
import { tensorflow } from '../testing/tensorflow.js';
import { ModelProgram } from '../training/model-program.js';
import { buildModel } from './build-model.js';
import { extractModel } from './extract-model.js';
import { getLayer } from './get-layer.js';
import { fromConfig, getConfig, getLayerConfig } from './model-config.js';
import { getInputAt, getInputShapeAt, getOutputMaskAt, getOutputShapeAt, inboundNodes, inputShape, layerInput, layerOutput, outputShape } from './inbound-nodes.js';
import type { Model } from './model.js';
import { summaryText } from './summary.js';
import { countParams, layerWeights, weightRefs, weightSize } from './weight-ref.js';

/** A shape, shapes, or what Keras said when it was asked. */
type Answer = Json | { error: string };

interface LayerFacts {
  name: string;
  count_params: number | { error: string };
  input_shape: Answer;
  output_shape: Answer;
  input_shape_at: Json[];
  output_shape_at: Json[];
  output_masked_at: boolean[][];
  input_error: null | { error: string };
  output_error: null | { error: string };
  beyond: { error: string };
}

interface ModelFacts {
  json: object;
  summary: string[];
  count_params: number;
  layers: LayerFacts[];
  no_layer: { error: string };
  no_index: { error: string };
}

interface Extraction {
  base: object;
  inputs: string[];
  outputs: string[];
  base_weights: StoredArray[];
  summary: string[];
  layers: string[];
  weights: string[];
  x: StoredArray[];
  predictions: StoredArray[];
}

const file = path.resolve(import.meta.dirname, '../../../../tests/golden/s21_model_api/models.json');
const { models, extractions } = JSON.parse(readFileSync(file, 'utf8')) as { models: Record<string, ModelFacts>; extractions: Extraction[] };
const build = (json: object): Model => buildModel(parseModel(json));

function answer(question: () => unknown): unknown {
  try {
    return question();
  } catch (error) {
    if (error instanceof RangeError) return { error: error.message };
    throw error;
  }
}

/**
 * A file has no name for a Sequential inside a Sequential; genuine Keras names it anew when it loads the model, and so do we.
 */
const renamed = (name: string, text: string): string => (name === 'sequential_in_sequential' ? text.replace('front (Sequential)       ', 'sequential_2 (Sequential)') : text);

describe.each(Object.entries(models))('%s, as genuine Keras 2.0.8 describes it', (name, facts) => {
  const model = build(facts.json);

  it('summary', () => expect(summaryText(model)).toBe(renamed(name, `${facts.summary.join('\n')}\n`)));

  it('count_params and get_layer', () => {
    expect(countParams(model).total).toBe(facts.count_params);
    expect(answer(() => getLayer(model, 'nothing'))).toEqual(facts.no_layer);
    expect(answer(() => getLayer(model, 99))).toEqual(facts.no_index);
    for (const layer of model.layers) expect(getLayer(model, layer.name)).toBe(layer);
  });

  it('the calls of each layer and their shapes', () => {
    expect(model.layers).toHaveLength(facts.layers.length);
    model.layers.forEach((layer, i) => {
      const expected = facts.layers[i] as LayerFacts;
      expect(layerWeights(model, layer).reduce((sum, weight) => sum + weightSize(weight), 0)).toBe(expected.count_params);
      const calls = inboundNodes(model, layer).map((_, at) => at);
      expect(calls.map((at) => getInputShapeAt(model, layer, at))).toEqual(expected.input_shape_at);
      expect(calls.map((at) => getOutputShapeAt(model, layer, at))).toEqual(expected.output_shape_at);
      expect(calls.map((at) => [getOutputMaskAt(model, layer, at)].flat())).toEqual(expected.output_masked_at);
      expect(answer(() => inputShape(model, layer))).toEqual(expected.input_shape);
      expect(answer(() => outputShape(model, layer))).toEqual(expected.output_shape);
      const called = (text: { error: string } | null): { error: string } | null => text && { error: renamed(name, text.error) };
      expect(answer(() => (layerInput(model, layer) ? null : undefined))).toEqual(called(expected.input_error));
      expect(answer(() => (layerOutput(model, layer) ? null : undefined))).toEqual(called(expected.output_error));
      expect(answer(() => getInputShapeAt(model, layer, 7))).toEqual(expected.beyond);
    });
  });
});

it('get_input_at gives tensors of the graph', () => {
  const model = build((models['shared'] as ModelFacts).json);
  const key = getInputAt(model, getLayer(model, 'conv'), 1);
  expect(key).toMatchObject({ node: { layer: { name: 'b' } }, tensor: 0 });
});

describe('get_config and from_config', () => {
  it.each(Object.entries(models))('%s', (_, facts) => {
    const model = build(facts.json);
    const { class_name, config } = facts.json as { class_name: 'Model' | 'Sequential'; config: Json };
    expect(getConfig(model)).toEqual(config);
    expect(summaryText(fromConfig(class_name, getConfig(model)))).toBe(summaryText(model));
  });

  it('of a layer, and of a part made anew', () => {
    const model = build((models['chain'] as ModelFacts).json);
    expect(getLayerConfig(model, 'block1_pool')).toMatchObject({ name: 'block1_pool', pool_size: [2, 2] });
    const part = extractModel(model, ['block1_pool'], { name: 'part' });
    expect(summaryText(fromConfig('Model', getConfig(part)))).toBe(summaryText(part));
    const outer = build((models['nested'] as ModelFacts).json);
    expect(getLayerConfig(outer, 'inner')).toMatchObject({ name: 'inner', input_layers: [['inner_in', 0, 0]] });
    const product = extractModel(outer, ['product']);
    expect(summaryText(fromConfig('Model', getConfig(product)))).toBe(summaryText(product));
  });
});

describe('a model of inner outputs', () => {
  it.each(extractions.map((extraction): [string, Extraction] => [extraction.outputs.join(), extraction]))('%s: summary, weights and predictions are genuine', async (_, facts) => {
    const base = build(facts.base);
    const part = extractModel(base, facts.outputs, { name: 'part', inputs: facts.inputs });
    expect(summaryText(part)).toBe(`${facts.summary.join('\n')}\n`);
    expect(part.layers.map((layer) => layer.name)).toEqual(facts.layers);
    expect(weightRefs(part).map(({ kerasName }) => kerasName).sort()).toEqual([...facts.weights].sort());
    const [whole, program] = [new ModelProgram(base, tensorflow()), new ModelProgram(part, tensorflow())];
    await whole.setWeights(facts.base_weights.map(storedArray));
    await program.copyFrom(whole);
    const predictions = await program.predict(facts.x.map(storedArray));
    facts.predictions.map(storedArray).forEach((theirs, i) => {
      const ours = predictions[i] as NdArray;
      expect(ours.shape).toEqual(theirs.shape);
      for (let at = 0; at < theirs.data.length; at++) expect(Math.abs(Number(ours.data[at]) - Number(theirs.data[at]))).toBeLessThan(1e-6);
    });
    for (const each of [whole, program]) each.dispose();
  });

  it('takes the inputs that it needs, and says which one is missing', () => {
    const base = build((models['two_outputs'] as ModelFacts).json);
    expect(extractModel(base, ['lstm']).inputs.map((input) => input.name)).toEqual(['words']);
    expect(() => extractModel(base, ['concatenate'], { inputs: ['words'] })).toThrow('Graph disconnected: expected "more" among the inputs, received words');
    expect(() => extractModel(base, ['lstm'], { inputs: ['words', 'more'] })).toThrow('expected inputs that the outputs need (words), received "more"');
    expect(() => extractModel(build((models['shared'] as ModelFacts).json), ['conv'])).toThrow('Layer conv has multiple inbound nodes');
  });
});

import { describe, expect, it } from 'vitest';

import type { Json, JsonObject } from '../json.js';
import { parseModel } from './parse-model.js';
import { setTrainable } from './set-trainable.js';

const dense = (name: string): JsonObject => ({ class_name: 'Dense', config: { name, units: 2 } });
const input: JsonObject = { class_name: 'InputLayer', name: 'in', config: { name: 'in', batch_input_shape: [null, 3] }, inbound_nodes: [] };
const called = (layer: JsonObject, name: string, from: string): JsonObject => ({ ...layer, name, inbound_nodes: [[[from, 0, 0, {}]]] });
const nested = (flag: JsonObject = {}): JsonObject => ({ class_name: 'Model', config: { name: 'block', ...flag, layers: [input, called(dense('block1_a'), 'block1_a', 'in')], input_layers: [['in', 0, 0]], output_layers: [['block1_a', 0, 0]] } });
const model = (...layers: JsonObject[]): JsonObject => ({ class_name: 'Sequential', keras_version: '2.0.8', config: layers });
const wrapper = (layer: JsonObject): JsonObject => ({ class_name: 'TimeDistributed', config: { name: 'each', layer } });

/** Names of all layers, at any depth, with the flag that their config has. */
function flags(source: Json, found: Record<string, Json> = {}): Record<string, Json> {
  if (Array.isArray(source)) for (const item of source) flags(item, found);
  else if (typeof source === 'object' && source !== null) {
    if (typeof source['name'] === 'string' && typeof source['trainable'] === 'boolean') found[source['name']] = source['trainable'];
    for (const value of Object.values(source)) flags(value, found);
  }
  return found;
}

const set = (source: JsonObject, rules: Record<string, boolean>): Record<string, Json> => flags(setTrainable(source, parseModel(source), rules).source);

describe('setTrainable', () => {
  it('by name and glob, later rules winning, the source left as it is', () => {
    const source = model(dense('block1_a'), dense('block1_b'), dense('top'));
    expect(set(source, { 'block1_*': false, block1_b: true })).toEqual({ block1_a: false, block1_b: true });
    expect(flags(source)).toEqual({});
    expect(setTrainable(source, parseModel(source), { 'conv*': false, 't?p': false }).unmatched).toEqual(['conv*']);
  });

  it('in nested models and wrappers, by their names or those of layers inside', () => {
    const source = model(dense('first'), nested(), wrapper(dense('inside')), wrapper(nested()));
    const named = { ...source, config: (source['config'] as JsonObject[]).map((layer, i) => (i === 3 ? { ...layer, config: { ...(layer['config'] as JsonObject), name: 'every' } } : layer)) };
    expect(set(named, { block: false })).toEqual({ in: false, block1_a: false });
    expect(set(named, { 'block1_*': false })).toEqual({ block1_a: false });
    expect(set(named, { inside: false })).toEqual({ inside: false });
    expect(set(named, { each: false })).toEqual({ inside: false, each: false });
    expect(set(named, { every: false })).toEqual({ every: false, in: false, block1_a: false });
  });

  it("sets a nested model's own flag where its file keeps one", () => {
    expect(set(model(nested({ trainable: false })), { block: true })).toEqual({ block: true, in: true, block1_a: true });
    expect(set(model(nested()), { block: false })).toEqual({ in: false, block1_a: false });
  });
});

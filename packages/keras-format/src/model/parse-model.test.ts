import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error.js';
import { parseModel } from './parse-model.js';
import { parseModelYaml } from './parse-yaml.js';
import { writeModelJson } from './write-model.js';

const golden = join(import.meta.dirname, '../../../../tests/golden');
const cases = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'spec.json')));
const text = (path: string): string => readFileSync(join(golden, path), 'utf8');

describe.each(cases)('%s', (name) => {
  test('its JSON is read and written as it was', () => {
    const source = text(`${name}/model.json`);
    const model = parseModel(source);
    expect(model.kerasVersion).toBe('2.0.8');
    expect(JSON.parse(writeModelJson(model))).toEqual(JSON.parse(source));
    expect(parseModel(writeModelJson(model))).toEqual(model);
  });
  test('its YAML says the same', () => {
    expect(parseModelYaml(text(`${name}/model.yaml`))).toEqual({ ...parseModel(text(`${name}/model.json`)), source: expect.anything() as unknown });
  });
  test("tf-keras's JSON has the same graph", () => {
    const model = parseModel(text(`${name}/model.tfkeras.json`));
    const reference = parseModel(text(`${name}/model.json`));
    const layers = model.layers.filter(({ className }) => className !== 'InputLayer');
    expect(model.kerasVersion).toBe('2.21.0');
    expect(layers.map(({ className }) => className)).toEqual(reference.layers.filter(({ className }) => className !== 'InputLayer').map(({ className }) => className));
    expect(model.inputs.length).toBe(reference.inputs.length);
    expect(model.outputs.length).toBe(reference.outputs.length);
  });
});

test('pointers lead to the objects', () => {
  const source = JSON.parse(text('c06_video_timedistributed/model.json')) as unknown;
  const wrapper = parseModel(source as object).layers.find(({ className }) => className === 'TimeDistributed')!;
  expect(wrapper.wrapped?.model?.layers[1]).toMatchObject({ name: 'dense_1', pointer: '/config/layers/1/config/layer/config/layers/1' });
  const follow = (pointer: string): unknown => pointer.split('/').slice(1).reduce((value: unknown, key) => (value as Record<string, unknown>)[key], source);
  expect(follow(wrapper.wrapped!.model!.layers[1]!.pointer)).toMatchObject({ class_name: 'Dense', config: { name: 'dense_1' } });
});

test('shared layers have a node for each call; those of a nested model count from 0 too', () => {
  const tweets = parseModel(text('c08_shared_lstm_tweets/model.json'));
  const byName = new Map(tweets.layers.map((layer) => [layer.name, layer]));
  expect(byName.get('lstm_1')?.inboundNodes.map(({ inputs }) => inputs)).toEqual([[{ layer: 'input_1', node: 0, tensor: 0 }], [{ layer: 'input_2', node: 0, tensor: 0 }]]);
  expect(byName.get('concatenate_1')?.inboundNodes[0]?.inputs).toEqual([
    { layer: 'lstm_1', node: 0, tensor: 0 },
    { layer: 'lstm_1', node: 1, tensor: 0 },
  ]);
  const vqa = parseModel(text('c10_vqa_channels_last/model.json')); // its JSON calls the nested Sequential's first call node 1
  const concatenate = vqa.layers.find(({ className }) => className === 'Concatenate');
  expect(concatenate?.inboundNodes[0]?.inputs).toContainEqual({ layer: 'sequential_1', node: 0, tensor: 0 });
});

test('names of Sequentials that have none: as Keras 2.0 names them when it loads them', () => {
  const dense = { class_name: 'Dense', config: { name: 'dense_1' } };
  const inner = { class_name: 'Sequential', config: [dense] };
  const model = parseModel({ class_name: 'Sequential', config: [inner, { class_name: 'TimeDistributed', config: { name: 'td', layer: inner } }] });
  expect([model.name, model.layers[0]?.name, model.layers[1]?.wrapped?.name]).toEqual(['sequential_1', 'sequential_2', 'sequential_3']);
});

test('the version of an .h5 counts where the JSON says none', () => {
  const source = { class_name: 'Sequential', config: [{ class_name: 'Dense', config: { name: 'd' } }] };
  expect(parseModel(source).kerasVersion).toBe('2.0.0');
  expect(parseModel(source, { kerasVersion: '2.0.8' }).kerasVersion).toBe('2.0.8');
  expect(parseModel(source, { kerasVersion: '1.2.2' }).kerasVersion).toBe('1.2.2');
});

const dense = (name: string): object => ({ class_name: 'Dense', config: { name, units: 1 } });
const sequential = (...layers: unknown[]): object => ({ class_name: 'Sequential', config: layers });
const input = { class_name: 'InputLayer', name: 'in', config: { name: 'in' }, inbound_nodes: [] };
const call = (name: string, ...nodes: unknown[]): object => ({ class_name: 'Dense', name, config: { name }, inbound_nodes: nodes });
const functional = (layers: unknown, inputs: unknown = [['in', 0, 0]], outputs: unknown = [['a', 0, 0]]): object => ({
  class_name: 'Model',
  config: { name: 'm', layers, input_layers: inputs, output_layers: outputs },
});
const sound = functional([input, call('a', [['in', 0, 0, {}]])]);
const nested = { ...sound, name: 'm', inbound_nodes: [[['in', 0, 0, {}]]] };

test('a sound functional model', () => {
  expect(parseModel(sound)).toMatchObject({ className: 'Model', name: 'm', inputs: [{ layer: 'in', node: 0, tensor: 0 }], outputs: [{ layer: 'a', node: 0, tensor: 0 }] });
  expect(parseModel(functional([input, nested], undefined, [['m', 1, 0]])).outputs).toEqual([{ layer: 'm', node: 0, tensor: 0 }]);
});

test('tensors among the keyword arguments of attention are inputs, in the order of its arguments', () => {
  const attention = (kwargs: object): object => functional([input, { class_name: 'MultiHeadAttention', name: 'a', config: { name: 'a' }, inbound_nodes: [[['in', 0, 0, kwargs]]] }]);
  const [, layer] = parseModel(attention({ key: ['in', 0, 0], value: ['in', 0, 0], use_causal_mask: true })).layers;
  const ref = { layer: 'in', node: 0, tensor: 0 };
  expect(layer?.inboundNodes).toEqual([{ inputs: [ref, ref, ref], kwargs: { use_causal_mask: true } }]);
  expect(() => parseModel(attention({ value: ['gone', 0, 0] }))).toThrow('/config/layers/1/inbound_nodes/0/0/3/value/0: expected the name of a layer of this model, received "gone"');
});

test.each<[string, unknown, string, string, string]>([
  ['no object', [1], 'wrong_type', '', 'the model: expected an object with class_name and config'],
  ['no JSON', '{"class_name": ', 'invalid_json', '', 'expected JSON'],
  ['no class', {}, 'missing_field', '/class_name', 'received nothing'],
  ['an unknown class', { class_name: 'Graph', config: {} }, 'unknown_class', '/class_name', 'expected "Sequential" or "Model", received "Graph"'],
  ['a layer in place of a model', dense('d'), 'unknown_class', '/class_name', 'received "Dense"'],
  ['no config', { class_name: 'Sequential' }, 'missing_field', '/config', 'the layers of this Sequential'],
  ['no layers', sequential(), 'empty_model', '/config', 'at least one layer'],
  ['a layer without a class', sequential({ config: { name: 'd' } }), 'missing_field', '/config/0/class_name', 'the name of a layer class'],
  ['a layer without a config', sequential({ class_name: 'Dense' }), 'missing_field', '/config/0/config', 'the config of this Dense'],
  ['a layer without a name', sequential(dense('a'), { class_name: 'Dense', config: { units: 1 } }), 'missing_field', '/config/1/config/name', 'the name of the layer'],
  ['two layers of one name', sequential(dense('a'), dense('a')), 'duplicate_layer', '/config/1', 'received "a", the name of /config/0 too'],
  ['a layer that is none', sequential('Dense'), 'wrong_type', '/config/0', 'expected a layer, an object, received "Dense"'],
  ['a wrapper around nothing', sequential({ class_name: 'TimeDistributed', config: { name: 't' } }), 'missing_field', '/config/0/config/layer', 'the layer that TimeDistributed wraps'],
  ['Keras 0', { ...sequential(dense('d')), keras_version: '0.3.3' }, 'unsupported_version', '/keras_version', 'received one of Keras 0.3.3'],
  ['Keras 4', { ...sequential(dense('d')), keras_version: '4.0.0' }, 'unsupported_version', '/keras_version', 'received one of Keras 4.0.0;'],
  ['a version that is none', { ...sequential(dense('d')), keras_version: 2 }, 'wrong_type', '/keras_version', 'such as "2.0.8", received 2'],
  ['a missing layer', functional([input, call('a', [['gone', 0, 0, {}]])]), 'missing_layer', '/config/layers/1/inbound_nodes/0/0/0', 'received "gone"'],
  ['a missing node', functional([input, call('a', [['in', 1, 0, {}]])]), 'missing_node', '/config/layers/1/inbound_nodes/0/0/1', 'expected a node of "in" from 0 to 0, received 1'],
  ['a missing tensor', functional([input, call('a', [['in', 0, 2, {}]])]), 'missing_tensor', '/config/layers/1/inbound_nodes/0/0/2', 'below 1, received 2'],
  ["a nested model's own node", functional([input, nested], undefined, [['m', 0, 0]]), 'missing_node', '/config/output_layers/0/1', 'expected a node of "m" from 1 to 1, received 0'],
  ['no triple', functional([input, call('a', [['in', 0]])]), 'wrong_type', '/config/layers/1/inbound_nodes/0/0', 'received ["in",0]'],
  ['a negative node', functional([input, call('a', [['in', -1, 0]])]), 'wrong_type', '/config/layers/1/inbound_nodes/0/0', 'received ["in",-1,0]'],
  ['a call on nothing', functional([input, call('a', [])]), 'empty_list', '/config/layers/1/inbound_nodes/0', 'received an empty list'],
  ['a layer that is never called', functional([input, call('a', [['in', 0, 0, {}]]), call('b')]), 'unconnected_layer', '/config/layers/2/inbound_nodes', 'at least one call'],
  ['a layer without inbound_nodes', functional([{ ...input, inbound_nodes: undefined }]), 'missing_field', '/config/layers/0/inbound_nodes', 'inbound nodes'],
  ['no inputs', functional([input], []), 'empty_list', '/config/input_layers', 'received an empty list'],
  ['no outputs', functional([input], undefined, null), 'wrong_type', '/config/output_layers', 'received null'],
  ['an input that is none', functional([input, call('a', [['in', 0, 0, {}]])], [['a', 0, 0]]), 'not_an_input', '/config/input_layers/0/0', 'received "a", a Dense'],
  ['an output that is missing', functional([input, call('a', [['in', 0, 0, {}]])], undefined, [['b', 0, 0]]), 'missing_layer', '/config/output_layers/0/0', 'received "b"'],
  ['a cycle', functional([input, call('a', [['b', 0, 0, {}]]), call('b', [['in', 0, 0, {}], ['a', 0, 0, {}]])]), 'cycle', '/config/layers/1/inbound_nodes/0', 'received a ← b ← a'],
  ['two names for one layer', functional([input, { ...call('a', [['in', 0, 0, {}]]), config: { name: 'b' } }]), 'name_mismatch', '/config/layers/1/config/name', 'expected "a"'],
  ['a fault in a nested model', sequential(functional([input, call('a', [['gone', 0, 0]])])), 'missing_layer', '/config/0/config/layers/1/inbound_nodes/0/0/0', '"gone"'],
  ['Lambda', sequential({ class_name: 'Lambda', config: { name: 'l', function: ['4wEAAA==', null, null], function_type: 'lambda' } }), 'code_refused', '/config/0', 'marshalled Python bytecode'],
  ['a Lambda deep inside', sequential(sequential({ class_name: 'TimeDistributed', config: { name: 't', layer: { class_name: 'Lambda', config: {} } } })), 'code_refused', '/config/0/config/0/config/layer', 'Lambda holds'],
  ["Merge's lambda mode", sequential({ class_name: 'Merge', config: { name: 'm', mode: '4wE=', mode_type: 'lambda' } }), 'code_refused', '/config/0/config', 'mode_type: lambda'],
])('%s is refused', (_name, source, code, pointer, message) => {
  const error = errorOf(() => parseModel(typeof source === 'string' ? source : JSON.parse(JSON.stringify(source)) as object));
  expect(error).toMatchObject({ code, pointer });
  expect(error.message).toContain(message);
  expect(error.message.startsWith(pointer === '' ? 'the model: ' : `${pointer}: `)).toBe(true);
});

describe('hostile JSON', () => {
  test('nesting that would exhaust the stack', () => {
    expect(errorOf(() => parseModel(`{"class_name":"Sequential","config":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).code).toBe('too_deep');
    let model = sequential(dense('d'));
    for (let i = 0; i < 60; i++) model = sequential(model);
    expect(errorOf(() => parseModel(model)).code).toBe('too_deep');
  });
  test('more layers than any model has, nested ones counted', () => {
    const many = (count: number): object => sequential(...Array.from({ length: count }, (_, i) => dense(`d${i}`)));
    expect(parseModel(many(20_000)).layers.length).toBe(20_000);
    expect(errorOf(() => parseModel(many(20_001)))).toMatchObject({ code: 'too_large', pointer: '/config/20000' });
    expect(errorOf(() => parseModel(sequential(many(15_000), many(15_000)))).code).toBe('too_large');
  });
  test('more calls than any model has', () => {
    const shared = call('a', ...Array.from({ length: 100_001 }, () => [['in', 0, 0, {}]]));
    expect(errorOf(() => parseModel(functional([input, shared])))).toMatchObject({ code: 'too_large', pointer: '/config/layers/1/inbound_nodes/100000' });
  });
  test('a chain of 10,000 calls, and the same chain closed to a cycle', () => {
    const chain = (first: string): object => functional([input, ...Array.from({ length: 10_000 }, (_, i) => call(`d${i}`, [[i === 0 ? first : `d${i - 1}`, 0, 0, {}]]))], undefined, [['d9999', 0, 0]]);
    expect(parseModel(chain('in')).layers.length).toBe(10_001);
    expect(errorOf(() => parseModel(chain('d9999'))).code).toBe('cycle');
  });
  test.each([
    ['a class', '{"class_name":"Sequential","config":[{"class_name":"__proto__","config":{"name":"x"}}]}', '/config/0/class_name'],
    ['a layer', '{"class_name":"Sequential","config":[{"class_name":"Dense","config":{"name":"constructor"}}]}', '/config/0/config/name'],
    ['a key', '{"class_name":"Sequential","config":[{"class_name":"Dense","config":{"name":"x","__proto__":{"x":1}}}]}', '/config/0/config'],
  ])('names of the language itself: %s', (_what, source, pointer) => {
    expect(errorOf(() => parseModel(source))).toMatchObject({ code: 'bad_name', pointer });
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test.each([
    ['plain', '{"class_name":"Sequential","a":[{"b":1,"c":{"b":2}},{"b":3}],"class_name":"Model"}', 'class_name'],
    ['with an escape', '{"a":{"units":3,"x\\"":["units"],"\\u0075nits":4}}', 'units'],
  ])('a key twice, %s', (_what, source, key) => {
    const error = errorOf(() => parseModel(source));
    expect(error.code).toBe('duplicate_key');
    expect(error.message).toContain(`received "${key}" again at position ${source.lastIndexOf(key === 'units' ? '"\\u0075' : '"class_name"')}`);
  });

  test('numbers beyond double precision', () => {
    expect(errorOf(() => parseModel('{"class_name":"Sequential","config":[{"class_name":"Dropout","config":{"name":"x","rate":-1e999}}]}'))).toMatchObject({ code: 'not_finite', pointer: '/config/0/config/rate' });
  });
});

describe('YAML', () => {
  test.each([
    ['code', 'class_name: !!python/object/apply:os.system ["true"]', 'Unresolved tag'],
    ['other tags of Python', 'class_name: !!python/name:os.system', 'Unresolved tag'],
    ['aliases that multiply', ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((letter, i) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)].join('\n'), 'Excessive alias count'],
    ['no YAML', 'a: [1', 'expected YAML'],
    ['nesting', '['.repeat(100_000), 'expected'],
    ['a key twice', 'class_name: Sequential\nclass_name: Model', 'unique'],
  ])('%s is refused', (_name, yaml, message) => {
    const error = errorOf(() => parseModelYaml(yaml));
    expect(error.code).toBe('invalid_yaml');
    expect(error.message).toContain(message);
  });
});

test("text is escaped and spaced as Python's json.dumps does", () => {
  const model = parseModel(sequential(dense('größe_😀')));
  expect(writeModelJson(model)).toBe(
    '{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "gr\\u00f6\\u00dfe_\\ud83d\\ude00", "units": 1}}], "keras_version": "2.0.0", "backend": "tensorflow"}',
  );
});

function errorOf(work: () => unknown): FormatError {
  try {
    work();
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('expected a FormatError, received none');
}

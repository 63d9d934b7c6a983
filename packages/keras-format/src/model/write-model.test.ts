import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseModel } from './parse-model.js';
import { parseModelYaml } from './parse-yaml.js';
import { pythonYaml } from './python-yaml.js';
import { writeModelConfig, writeModelJson, writeModelYaml } from './write-model.js';

const golden = join(import.meta.dirname, '../../../../tests/golden');
const text = (path: string): string => readFileSync(join(golden, path), 'utf8');

describe('what Keras wrote is written as it was, numbers to the letter', () => {
  const written = '{"class_name": "Sequential", "config": [{"class_name": "Dropout", "config": {"name": "d", "rate": 0.0, "x": [1.0, 1, {"y": 1e-07}], "z": -0.0, "n": 1.50}}], "keras_version": "2.0.8", "backend": "tensorflow"}';
  test('JSON', () => {
    expect(writeModelJson(parseModel(written))).toBe(written);
    expect(writeModelJson(parseModel(written.replaceAll(': ', ' :\n ')))).toBe(written);
  });
  test('YAML', () => {
    const yaml = text('c01_mlp_binary/model.yaml');
    expect(writeModelYaml(parseModelYaml(yaml))).toContain('rate: 0.0\n');
    expect(parseModelYaml(writeModelYaml(parseModelYaml(yaml)))).toEqual(parseModelYaml(yaml));
    expect(writeModelJson(parseModelYaml(yaml))).toContain('"scale": 1.0');
  });
});

describe('in Keras 2', () => {
  const dense = { class_name: 'Dense', config: { name: 'd', output_dim: 1, input_dim: 3, init: 'glorot_uniform' } };
  test('a Sequential of Keras 1', () => {
    expect(writeModelJson(parseModel({ class_name: 'Sequential', keras_version: '1.2.2', config: [dense] }), { keras: 2 })).toBe(
      '{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "d", "units": 1, "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": null}}, "batch_input_shape": [null, 3]}}], "keras_version": "2.0.8", "backend": "tensorflow"}',
    );
  });
  test('model_config of a file has neither version nor backend', () => {
    const config = JSON.parse(writeModelConfig(parseModel({ class_name: 'Sequential', keras_version: '1.2.2', config: [dense] }))) as object;
    expect(Object.keys(config)).toEqual(['class_name', 'config']);
  });
  test.each(['c05_functional_mlp', 'c08_shared_lstm_tweets', 'c10_vqa_channels_last', 'c11b_stateful_lstm'])('%s of Keras 3 has the same graph', (name) => {
    const source = parseModel(text(`${name}/model.keras3.json`));
    for (const again of [parseModel(writeModelJson(source, { keras: 2 })), parseModelYaml(writeModelYaml(source, { keras: 2 }))]) {
      expect(again.kerasVersion).toBe('2.0.8');
      expect(again.layers.map((layer) => [layer.name, layer.className, layer.inboundNodes])).toEqual(source.layers.map((layer) => [layer.name, layer.className, layer.inboundNodes]));
      expect([again.inputs, again.outputs]).toEqual([source.inputs, source.outputs]);
    }
  });
  test('classes that Keras 2.0 does not have by that name, and fields that came later, say the same in its words', () => {
    const source = parseModel(text('c12g_regularized/model.keras3.json'));
    const json = writeModelJson(source, { keras: 2 });
    expect(json).not.toMatch(/GlorotUniform|"L2"|"seed": null, "noise_shape"/);
    expect(json).toContain('"class_name": "L1L2"');
  });
});

describe('YAML', () => {
  test('is laid out as PyYAML does', () => {
    expect(pythonYaml({ a: [{ b: 1, c: [] }, [2, [null]]], d: {}, e: { f: true } })).toBe('a:\n- b: 1\n  c: []\n- - 2\n  - - null\nd: {}\ne:\n  f: true\n');
  });
  test.each(['', 'no', 'Null', '~', 'on', 'a: b', '- a', '1', '1e5', '0x1', ' a', "it's", '"', 'a\nb', 'größe', '😀', '#', '&a', '*a', '!a', '%', '@', '`', '[', '{', '<<', '=', '1_000', '12:30', '2001-01-01', '.inf'])('%j is text to every YAML', (value) => {
    const yaml = pythonYaml({ [value]: value });
    for (const version of ['1.1', '1.2'] as const) expect(parse(yaml, { version, merge: false })).toEqual({ [value]: value });
  });
  test.each([0, -1, 1.5, 1e-7, -2.5e-9, 1e21, 1.7976931348623157e308, 5e-324])('%d is a number to every YAML', (value) => {
    for (const version of ['1.1', '1.2'] as const) expect(parse(pythonYaml([value]), { version })).toEqual([value]);
    expect(pythonYaml([value])).not.toMatch(/^- -?\d+e/);
  });
});

describe('numbers of numpy in YAML', () => {
  const scalar = (dtype: string, base64: string, order = '<'): string =>
    `class_name: Sequential\nkeras_version: 2.0.8\nconfig:\n- class_name: Dense\n  config:\n    name: d\n    units: !!python/object/apply:numpy.core.multiarray.scalar\n    - !!python/object/apply:numpy.dtype\n      args: [${dtype}, false, true]\n      state: !!python/tuple [3, ${order}, null, null, null, -1, -1, 0]\n    - !!binary |\n      ${base64}\n`;
  test.each([
    ['i8', 'FAAAAAAAAAA=', 20],
    ['i4', '/////w==', -1],
    ['f4', 'AADAPw==', 1.5],
  ])('%s', (dtype, base64, value) => {
    expect(parseModelYaml(scalar(dtype, base64)).layers[0]!.config['units']).toBe(value);
  });
  test.each([
    ['another dtype', scalar('O8', 'FAAAAAAAAAA=')],
    ['another order', scalar('i8', 'FAAAAAAAAAA=', "'>'")],
    ['too few bytes', scalar('i8', 'FA==')],
    ['bytes alone', 'class_name: !!binary FA==\n'],
    ['a dtype alone', 'class_name: !!python/object/apply:numpy.dtype {args: [i8]}\n'],
    ['another function', 'class_name: !!python/object/apply:numpy.core.multiarray.frombuffer []\n'],
  ])('%s is refused', (_name, yaml) => {
    expect(() => parseModelYaml(yaml)).toThrow('expected YAML');
  });
});

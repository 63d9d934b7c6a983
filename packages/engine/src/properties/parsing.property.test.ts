import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FormatError, isJsonObject, type Json, parseModel, parseModelYaml, writeModelJson, writeModelYaml } from '@trainyard/keras-format';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { buildModel } from '../model/build-model.js';
import { checkSize } from '../model/check-size.js';
import { randomModels } from '../testing/random-models.js';

const golden = join(import.meta.dirname, '../../../../tests/golden');
const seed = 20170824;
/** No text may keep the parser longer. */
const MAX_MS = 2000;

/** Genuine models of Keras 1.2 to 3, as text. */
function genuine(...names: string[]): string[] {
  return readdirSync(golden).flatMap((folder) => names.map((name) => join(golden, folder, name)).filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8')));
}
const jsonModels = genuine('model.json', 'model.tfkeras.json', 'model.keras3.json');
const yamlModels = genuine('model.yaml');

/** Whatever it is, it is read or refused by a FormatError, soon. */
function expectReadOrRefused(read: () => ReturnType<typeof parseModel>): void {
  const started = performance.now();
  try {
    checkSize(buildModel(read()));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.message.length).toBeLessThan(20_000);
  }
  expect(performance.now() - started).toBeLessThan(MAX_MS);
}

test('JSON → model → JSON is the identity', () => {
  fc.assert(
    fc.property(randomModels, ({ json }) => {
      const text = JSON.stringify(json);
      const model = parseModel(text);
      expect(JSON.parse(writeModelJson(model))).toEqual(json);
      expect(JSON.parse(writeModelJson(model, { keras: 2 }))).toEqual(json);
      expect(writeModelJson(parseModel(writeModelJson(model)))).toBe(writeModelJson(model));
      buildModel(model);
    }),
    { numRuns: 300, seed },
  );
});

test('JSON → model → YAML → model → JSON too', () => {
  fc.assert(
    fc.property(randomModels, ({ json }) => {
      expect(JSON.parse(writeModelJson(parseModelYaml(writeModelYaml(parseModel(json)))))).toEqual(json);
    }),
    { numRuns: 60, seed },
  );
});

test('genuine models of Keras 2 and 3: the JSON that is written is the one that was read, and as Keras 2 they are the same model', () => {
  expect(jsonModels.length).toBeGreaterThan(50);
  for (const text of jsonModels) {
    const model = parseModel(text);
    const { class_name, config } = JSON.parse(text) as { class_name: Json; config: Json };
    expect(JSON.parse(writeModelJson(model))).toMatchObject({ class_name: class_name as string, config: config as object });
    const again = parseModel(writeModelJson(model, { keras: 2 }));
    expect(again.layers.map(({ className, name }) => [className, name])).toEqual(model.layers.map(({ className, name }) => [className, name]));
  }
});

test('any JSON is read or refused by a FormatError', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => expectReadOrRefused(() => parseModel(JSON.stringify(value)))), { numRuns: 300, seed });
  const named = fc.record({ class_name: fc.constantFrom('Sequential', 'Model', 'Functional', 'Dense', '__proto__'), config: fc.jsonValue(), keras_version: fc.constantFrom('1.2.2', '2.0.8', '3.0.0') });
  fc.assert(fc.property(named, (value) => expectReadOrRefused(() => parseModel(JSON.stringify(value)))), { numRuns: 300, seed });
});

test('any text is read or refused by a FormatError, as JSON and as YAML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expectReadOrRefused(() => parseModel(text));
      expectReadOrRefused(() => parseModelYaml(text));
    }),
    { numRuns: 300, seed },
  );
});

/** Values that stand where another should: other types, numbers beyond all sizes, names of JavaScript's own. */
const strange: fc.Arbitrary<Json | undefined> = fc.constantFrom<Json | undefined>(undefined, null, true, -1, 0, 0.5, 1e12, 2 ** 53, 1e308, '', 'x', '__proto__', 'constructor', [], {}, [[]], [null], [-1, 0], [1e9, 1e9], { class_name: 'Dense' }, { class_name: '__proto__', config: {} });

/** Puts a value in the place of one node of a JSON, by the number of the node; undefined leaves the member out. */
function mutate(value: Json, at: number, put: Json | undefined): Json {
  let left = at;
  const walk = (node: Json): Json | undefined => {
    if (left-- === 0) return put;
    if (Array.isArray(node)) return node.map((item) => walk(item)).filter((item) => item !== undefined);
    if (!isJsonObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item)] as const).filter((member): member is [string, Json] => member[1] !== undefined));
  };
  return walk(value) ?? null;
}

function countNodes(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value as Record<string, Json>).reduce<number>((count, item) => count + countNodes(item), 1);
}

test('genuine models with one or two things put wrong are read or refused by a FormatError', () => {
  const parsed = jsonModels.map((text) => JSON.parse(text) as Json).map((json) => ({ json, nodes: countNodes(json) }));
  const change = fc.tuple(fc.noBias(fc.nat()), strange);
  fc.assert(
    fc.property(fc.constantFrom(...parsed.keys()), change, fc.option(change), (index, [place, put], second) => {
      const { json, nodes } = parsed[index] as (typeof parsed)[number];
      const once = mutate(json, place % nodes, put);
      const mutated = second ? mutate(once, second[0] % countNodes(once), second[1]) : once;
      expectReadOrRefused(() => parseModel(JSON.stringify(mutated)));
    }),
    { numRuns: 2500, seed },
  );
});

test('genuine texts with some characters changed are read or refused by a FormatError', () => {
  const texts: readonly (readonly [string, (text: string) => ReturnType<typeof parseModel>])[] = [...jsonModels.map((text) => [text, parseModel] as const), ...yamlModels.map((text) => [text, parseModelYaml] as const)];
  const small = texts.filter(([text]) => text.length < 6000);
  fc.assert(
    fc.property(fc.constantFrom(...small.keys()), fc.array(fc.tuple(fc.noBias(fc.nat(6000)), fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 4 }), (index, edits) => {
      const [text, parse] = small[index] as (typeof small)[number];
      const edited = edits.reduce((now, [at, put]) => now.slice(0, at % now.length) + put + now.slice((at % now.length) + 1), text);
      expectReadOrRefused(() => parse(edited));
    }),
    { numRuns: 400, seed },
  );
});

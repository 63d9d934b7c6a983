import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildModel, descriptionOf } from '@trainyard/engine';
import { readModelFile } from '@trainyard/keras-format';
import { parseNpyHeader } from '@trainyard/ndarray';
import { testPredictor, TestCheckpoints } from '@trainyard/predictor/testing';
import type { DataState } from '@trainyard/protocol';
import { goldenFolder, trainingCases } from '../support/golden.js';
import { KERAS_PEERS, pythonEnvironment, type PythonEnvironment } from '../support/python.js';

// Checkpoints as SavedModels in the hands of TensorFlow itself: it answers what genuine Keras predicted, for any number of rows.

/** Of each case: predictions of the first 8 rows, and how far those of other numbers of rows are from them. */
const PROGRAM = `
import json, os, sys
import numpy as np
import tensorflow as tf
golden, folder = sys.argv[1:3]
answer = {}
for case in sys.argv[3:]:
    spec = json.load(open(os.path.join(golden, case, 'spec.json')))
    signature = tf.saved_model.load(os.path.join(folder, case)).signatures['serving_default']
    inputs = signature.structured_input_signature[1]
    model = json.load(open(os.path.join(folder, case + '.json')))
    arrays = [np.load(os.path.join(golden, case, name)) for name in spec['data']['x']]
    def predict(rows):
        feeds = {name: tf.constant(np.resize(a, (rows,) + a.shape[1:]), inputs[name].dtype) for name, a in zip(model['inputs'], arrays)}
        out = signature(**feeds)
        return [out[name].numpy() for name in model['outputs']]
    fixed = inputs[model['inputs'][0]].shape[0]
    eight = predict(fixed or 8)
    others = [] if fixed else [0, 1, 3, 75, 130]
    far = 0.0
    for rows in others:
        for one, other in zip(eight, predict(rows)):
            assert other.shape == (rows,) + one.shape[1:], (case, other.shape)
            n = min(rows, 8)
            if n: far = max(far, float(np.abs(one[:n] - other[:n]).max()))
    answer[case] = dict(predict=[v[:8].astype('f8').ravel().tolist() for v in eight], far=far, fixed=fixed, signature=sorted(signature.structured_outputs))
print(json.dumps(answer))
`;

const cases = trainingCases();
let environment: PythonEnvironment | { skipped: string };
let checkpoints: TestCheckpoints;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-saved-model-'));
  checkpoints = await TestCheckpoints.open();
  const app = testPredictor({ store: checkpoints.store });
  for (const name of cases) {
    const names = await namesOf(name);
    await checkpoints.store.put(`${name}.json`, Buffer.from(JSON.stringify(await dataStateOf(name, names.inputs))));
    const answer = await app.inject({ method: 'POST', url: '/saved-model', payload: { checkpoint: await checkpoints.add(name), model: null, data: { data_key: `${name}.json` } } });
    expect(answer.statusCode, `${name}: ${answer.body.slice(0, 500)}`).toBe(200);
    expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length));
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'saved_model.pb'), answer.rawPayload);
    await writeFile(join(folder, `${name}.json`), JSON.stringify(names));
  }
  await app.close();
  environment = await pythonEnvironment(KERAS_PEERS);
}, 900_000);
afterAll(async () => {
  await checkpoints.close();
  await rm(folder, { recursive: true, force: true });
});

test('are loaded by TensorFlow, and answer what Keras predicts for any number of rows', { timeout: 600_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  const answer = (await environment.run(PROGRAM, [goldenFolder, folder, ...cases])) as Record<string, { predict: number[][]; far: number; fixed: number | null }>;
  for (const name of cases) {
    const { final_predict: theirs } = JSON.parse(await readFile(join(goldenFolder, name, 'expected.json'), 'utf8')) as { final_predict: { b64: string }[] };
    const { predict, far, fixed } = answer[name]!;
    theirs.forEach(({ b64 }, output) => {
      const expected = [...new Float32Array(new Uint8Array(Buffer.from(b64, 'base64')).buffer)];
      expect(predict[output]).toHaveLength(expected.length);
      expect(Math.max(...expected.map((value, i) => Math.abs(value - (predict[output]?.[i] ?? NaN)))), `${name}, output ${output}`).toBeLessThan(1e-5);
    });
    expect(far, name).toBeLessThan(1e-6);
    expect(fixed === null, name).toBe(name !== 'c11b_stateful_lstm');
  }
});

/** The names of a case's inputs and outputs, in the model's order. */
async function namesOf(name: string): Promise<{ inputs: string[]; outputs: string[] }> {
  const { inputs, outputs } = buildModel(descriptionOf(await readModelFile(await readFile(join(goldenFolder, name, 'whole_model.h5')))));
  return { inputs: inputs.map((tensor) => tensor.name), outputs: outputs.map((tensor) => tensor.name) };
}

/** What a job that was trained on a case's arrays knows of its rows. */
async function dataStateOf(name: string, inputs: readonly string[]): Promise<DataState> {
  const { data } = JSON.parse(await readFile(join(goldenFolder, name, 'spec.json'), 'utf8')) as { data: { x: string[] } };
  const shapes = await Promise.all(data.x.map(async (file) => parseNpyHeader(await readFile(join(goldenFolder, name, file))).shape.slice(1)));
  const columns = shapes.map((shape, i) => ({ name: `x_${i}`, type: { kind: 'numbers' as const, dtype: 'float32' as const, shape, parsed: false }, missing: 'error' as const }));
  const recipe = { format: 'npz' as const, names: columns.map((column) => column.name), columns, inputs: inputs.map((input, i) => ({ name: input, columns: [`x_${i}`] })), transforms: [] };
  return { version: 1, train: { shards: [], fitted: { transforms: [] }, inputs: recipe }, validation: null };
}

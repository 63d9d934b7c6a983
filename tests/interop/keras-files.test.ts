import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFile, readWeightsFile, writeModelFile, writeWeightsFile, type LayerWeights, type ModelFile } from '@trainyard/keras-format';
import { goldenFolder, trainingCases } from '../support/golden.js';
import { KERAS_PEERS, pythonEnvironment, type PythonEnvironment } from '../support/python.js';

/** Compares two HDF5 files as h5py sees them: members, attributes with their types, arrays with their bytes. */
const COMPARE = `
import h5py, json, numpy, os, sys
def compare(a, b, path, found):
    if set(a.attrs) != set(b.attrs): found.append([path, 'attributes', sorted(a.attrs), sorted(b.attrs)])
    for key in set(a.attrs) & set(b.attrs):
        x, y = a.attrs[key], b.attrs[key]
        if key == 'training_config': x, y = json.loads(x), json.loads(y)
        if a.attrs.get_id(key).dtype != b.attrs.get_id(key).dtype or type(x) != type(y) or not numpy.array_equal(x, y): found.append([path, key, str(x)[:80], str(y)[:80]])
    if isinstance(a, h5py.Group):
        if set(a) != set(b): found.append([path, 'members', sorted(a), sorted(b)])
        for key in set(a) & set(b): compare(a[key], b[key], path + '/' + key, found)
    elif a.dtype != b.dtype or a.shape != b.shape or a[()].tobytes() != b[()].tobytes(): found.append([path, 'data'])
found = []
for case in sys.argv[3:]:
    for name in ('whole_model.h5', 'final.weights.h5'):
        with h5py.File(os.path.join(sys.argv[1], case, name)) as a, h5py.File(os.path.join(sys.argv[2], case, name)) as b: compare(a, b, case + '/' + name, found)
print(json.dumps(found))
`;

/** Loads whole models, and weights into the models' architectures, with tf-keras; answers a digest of every layer's weights. */
const LOAD = `
import hashlib, json, os, sys
import tf_keras
def digests(model):
    lists = [layer.trainable_weights + layer.non_trainable_weights for layer in model.layers]
    return [hashlib.sha256(b''.join(w.numpy().tobytes() for w in weights)).hexdigest() for weights in lists if weights]
answer = {}
for case in sys.argv[3:]:
    folder = os.path.join(sys.argv[2], case)
    model = tf_keras.models.load_model(os.path.join(folder, 'whole_model.h5'))
    fresh = tf_keras.models.model_from_json(open(os.path.join(sys.argv[1], case, 'model.json')).read())
    fresh.load_weights(os.path.join(folder, 'checkpoint.h5'))
    answer[case] = dict(model=digests(model), weights=digests(fresh), optimizer=type(model.optimizer).__name__, lr=float(model.optimizer.learning_rate))
    tf_keras.backend.clear_session()
print(json.dumps(answer))
`;

let environment: PythonEnvironment | { skipped: string };
let folder: string;
const models = new Map<string, ModelFile>();
const weights = new Map<string, LayerWeights[]>();
const cases = trainingCases();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-interop-'));
  for (const name of cases) {
    const model = await readModelFile(await readFile(join(goldenFolder, name, 'whole_model.h5')));
    const final = await readWeightsFile(await readFile(join(goldenFolder, name, 'final.weights.h5')));
    models.set(name, model);
    weights.set(name, final.layers);
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'whole_model.h5'), await writeModelFile(model));
    const bytes = await writeWeightsFile(final);
    await writeFile(join(folder, name, 'final.weights.h5'), bytes);
    await writeFile(join(folder, name, 'checkpoint.h5'), bytes); // tf-keras takes *.weights.h5 for Keras 3's layout
  }
  environment = await pythonEnvironment(KERAS_PEERS);
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('h5py sees in our files what it sees in those of Keras 2.0.8: groups, attributes, types, bytes', { timeout: 300_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  expect(cases.length).toBeGreaterThan(20);
  expect(await environment.run(COMPARE, [goldenFolder, folder, ...cases])).toEqual([]);
});

test('tf-keras loads our whole models and weights files, and has the same weights and optimizer', { timeout: 600_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  const answer = (await environment.run(LOAD, [goldenFolder, folder, ...cases])) as Record<string, unknown>;
  for (const name of cases) {
    const model = models.get(name)!;
    const digests = digestsOf(model.layers);
    const optimizer = model.trainingConfig!.optimizer_config;
    expect(answer[name], name).toEqual({ model: digests, weights: digestsOf(weights.get(name)!), optimizer: optimizer.class_name, lr: optimizer.config['lr'] });
  }
});

function digestsOf(layers: readonly LayerWeights[]): string[] {
  return layers
    .filter((layer) => layer.weights.length > 0)
    .map((layer) => {
      const hash = createHash('sha256');
      for (const { array } of layer.weights) hash.update(new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength));
      return hash.digest('hex');
    });
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildModel, compileModel, compileSpecOf, descriptionOf, restoreModelFile, toModelFile, Trainer } from '@trainyard/engine';
import { parseModel, readKerasArchive, readModelFile, toKerasArchive, writeModelFile, writeModelJson, writeModelYaml } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import { goldenFolder, trainingCases } from '../support/golden.js';
import { KERAS_PEERS, pythonEnvironment, type PythonEnvironment } from '../support/python.js';
import { thorough } from '../support/thorough.js';

// Our files in the hands of real Keras 3 and tf-keras: they load, predict what was predicted here, and train on.

/** The next step of these is another one in Keras 3, by its own rules. */
const OTHER_STEP: Readonly<Record<string, string>> = {
  c11b_stateful_lstm: 'its states have moved on by the prediction before',
  c12a_sample_weight: 'sample weights are divided by the batch size, not by the number of weights that are not 0',
  c12c_temporal_weight: 'as c12a',
  c12d_validation_split: 'as c12a',
  c12g_regularized: 'activity penalties are divided by the batch size',
};

/** Of each case: predictions of the first 8 rows, and the loss of one more step, by Keras 3 from `.keras` and by tf-keras from `.h5`. */
const PROGRAM = `
import os
os.environ['KERAS_BACKEND'] = 'tensorflow'
import json, sys, warnings
import numpy as np
import keras, tf_keras, yaml
golden, folder = sys.argv[1:3]
answer = {}
def outputs(value):
    return [np.asarray(v, 'f8').tolist() for v in (value if isinstance(value, list) else [value])]
def run(load, path, arrays, targets, rows, size):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        model = load(path)
    one = lambda values: values if len(values) > 1 else values[0]
    predicted = model.predict(one([a[:rows] for a in arrays]), batch_size=rows, verbose=0)
    step = model.train_on_batch(one([a[:size] for a in arrays]), one([t[:size] for t in targets]))
    loss = float(np.ravel(step)[0])
    return dict(predict=[v[:8] for v in outputs(predicted)], loss=loss, iterations=int(model.optimizer.iterations), name=model.name, warnings=[str(w.message)[:200] for w in caught])
TEXTS = json.loads(sys.argv[3])
def texts(case, arrays):
    """What the JSON of Keras 2 and 3 and the YAML give, with the weights of the whole model."""
    path = lambda suffix: os.path.join(folder, case + suffix)
    read = lambda suffix: open(path(suffix)).read()
    loaded = {
        'tf-keras, JSON': tf_keras.models.model_from_json(read('.keras2.json')),
        'tf-keras, YAML': tf_keras.models.model_from_json(json.dumps(yaml.safe_load(read('.yaml')))),
        'Keras 3, JSON': keras.models.model_from_json(read('.json')),
    }
    weights = tf_keras.models.load_model(path('.h5'), compile=False).get_weights()
    x = [a[:8] for a in arrays]
    answers = {}
    for name, model in loaded.items():
        model.set_weights(keras.models.load_model(path('.keras'), compile=False).get_weights() if name.startswith('Keras 3') else weights)
        answers[name] = [v[:8] for v in outputs(model.predict(x if len(x) > 1 else x[0], verbose=0))]
    return answers
for case in sys.argv[4:]:
    spec = json.load(open(os.path.join(golden, case, 'spec.json')))
    size = spec['fit']['batch_size']
    load = lambda role: [np.load(os.path.join(golden, case, name)) for name in spec['data'][role]]
    rows = size if 'stateful' in case else 8
    answer[case] = dict(
        keras3=run(keras.models.load_model, os.path.join(folder, case + '.keras'), load('x'), load('y'), rows, size),
        tfkeras=run(tf_keras.models.load_model, os.path.join(folder, case + '.h5'), load('x'), load('y'), rows, size),
        texts=texts(case, load('x')) if case in TEXTS else {},
        layers=[l.__class__.__name__ for l in keras.models.model_from_json(open(os.path.join(folder, case + '.json')).read()).layers],
    )
    keras.backend.clear_session()
    tf_keras.backend.clear_session()
print(json.dumps(answer))
`;

/** Keras 3 loads what we wrote of its own models, predicts, and takes one more step. */
const KERAS3 = `
import os
os.environ['KERAS_BACKEND'] = 'tensorflow'
import base64, json, sys
import numpy as np
import keras
golden, folder = sys.argv[1:3]
cases = json.load(open(os.path.join(golden, 'k3_keras3151', 'expected.json')))['cases']
array = lambda t: np.frombuffer(base64.b64decode(t['b64']), '<f4' if t['dtype'] == 'float32' else '<i4').reshape(t['shape'])
flat = lambda value: [np.asarray(v, 'f8').ravel() for v in (value if isinstance(value, list) else [value])]
far = lambda ours, theirs: max(float(np.abs(a - array(t).ravel()).max()) for a, t in zip(flat(ours), theirs))
answer = {}
for name in sys.argv[3:]:
    case = cases[name]
    x = dict(zip(('sequence', 'vector'), map(array, case['inputs']))) if name == 'graph' else [array(a) for a in case['inputs']]
    y = [array(a) for a in case['targets']]
    # Keras 3.15.1 cannot train a model that it has loaded from an .h5 with optimizer weights, its own included.
    h5 = keras.models.load_model(os.path.join(folder, name + '.h5'), compile=False)
    model = keras.models.load_model(os.path.join(folder, name + '.keras'))
    predict = max(far(m.predict(x, verbose=0), case['predict']) for m in (h5, model))
    step = model.train_on_batch(x, y if len(y) > 1 else y[0], return_dict=True)
    after = far(model.predict(x, verbose=0), case['after_step'])
    answer[name] = dict(predict=predict, step={k: abs(float(v) - case['next_step'][k]) for k, v in step.items()}, after=after)
print(json.dumps(answer))
`;

interface Run {
  readonly predict: unknown;
  readonly loss: number;
  readonly iterations: number;
  readonly name: string;
  readonly warnings: string[];
}

/** Of a share of them: of those whose texts are read, and of every eighth. */
const TEXTS = ['c01_mlp_binary', 'c04_lstm_classify', 'c05_functional_mlp', 'c07_aux_two_outputs', 'c09_shared_conv_nodes'];
const cases = (trainingCases()).filter((name, i) => thorough || TEXTS.includes(name) || i % 8 === 0);
const models = ['graph', 'masked', 'image', 'attention'];
let environment: PythonEnvironment | { skipped: string };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-keras3-'));
  for (const name of cases) {
    const bytes = await readFile(join(goldenFolder, name, 'whole_model.h5'));
    await writeFile(join(folder, `${name}.keras`), await toKerasArchive(bytes));
    await writeFile(join(folder, `${name}.h5`), await writeModelFile(await readModelFile(bytes)));
    const description = parseModel(await readFile(join(goldenFolder, name, 'model.json'), 'utf8'));
    await writeFile(join(folder, `${name}.json`), writeModelJson(description, { keras: 3 }));
    await writeFile(join(folder, `${name}.keras2.json`), writeModelJson(description, { keras: 2 }));
    await writeFile(join(folder, `${name}.yaml`), writeModelYaml(description));
  }
  const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
  for (const name of models) {
    const theirs = await readKerasArchive(await readFile(join(goldenFolder, 'k3_keras3151', `${name}.keras`)));
    if (!theirs.trainingConfig) throw new Error(`${name}: expected the arguments of compile`);
    const trainer = new Trainer(compileModel(buildModel(descriptionOf(theirs)), compileSpecOf(theirs.trainingConfig)), runtime, 0);
    await restoreModelFile(trainer, theirs);
    const h5 = await writeModelFile(await toModelFile(trainer));
    trainer.dispose();
    await writeFile(join(folder, `${name}.h5`), h5);
    await writeFile(join(folder, `${name}.keras`), await toKerasArchive(h5));
  }
  runtime.dispose();
  environment = await pythonEnvironment(KERAS_PEERS);
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('models of Keras 2.0 predict and train on in Keras 3 (.keras) and in tf-keras (.h5); their JSON and YAML load there', { timeout: 600_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  expect(cases.length).toBeGreaterThan(thorough ? 20 : 6);
  const answer = (await environment.run(PROGRAM, [goldenFolder, folder, JSON.stringify(TEXTS), ...cases])) as Record<string, { keras3: Run; tfkeras: Run; texts: Record<string, unknown>; layers: string[] }>;
  expect(Object.values(answer).filter(({ texts }) => Object.keys(texts).length === 3)).toHaveLength(5);
  for (const name of cases) {
    const expected = JSON.parse(await readFile(join(goldenFolder, name, 'expected.json'), 'utf8')) as { final_predict: { b64: string }[]; resume_train_on_batch: number | number[] };
    const theirs = expected.final_predict.flatMap(({ b64 }) => [...new Float32Array(new Uint8Array(Buffer.from(b64, 'base64')).buffer)]);
    const loss = [expected.resume_train_on_batch].flat()[0] ?? NaN;
    const { keras3, tfkeras, texts, layers } = answer[name]!;
    for (const [who, predictions] of Object.entries(texts)) expect(largestError(predictions, theirs), `${name}, ${who}: predictions`).toBeLessThan(1e-5);
    for (const [who, run] of Object.entries({ keras3, tfkeras })) {
      expect(largestError(run.predict, theirs), `${name}, ${who}: predictions`).toBeLessThan(1e-5);
      if (!(name in OTHER_STEP)) expect(Math.abs(run.loss - loss), `${name}, ${who}: loss of the next step`).toBeLessThan(1e-5);
    }
    const description = parseModel(await readFile(join(folder, `${name}.json`), 'utf8'));
    expect(layers, name).toEqual(description.layers.map(({ className, model }) => (model ? (className === 'Model' ? 'Functional' : 'Sequential') : className)).filter((className) => description.className === 'Model' || className !== 'InputLayer'));
  }
});

describe('models of Keras 3', () => {
  test('go on in Keras 3 from what we wrote of them as .keras, and predict from .h5', { timeout: 600_000 }, async (context) => {
    if ('skipped' in environment) return context.skip(environment.skipped);
    const answer = (await environment.run(KERAS3, [goldenFolder, folder, ...models])) as Record<string, { predict: number; step: Record<string, number>; after: number }>;
    expect(Object.keys(answer)).toEqual(models);
    for (const [name, { predict, step, after }] of Object.entries(answer)) {
      expect(predict, `${name}: predictions`).toBeLessThan(1e-5);
      expect(Math.max(...Object.values(step)), `${name}: metrics of the next step`).toBeLessThan(1e-5);
      expect(after, `${name}: predictions after it`).toBeLessThan(1e-4);
    }
  });
});

function largestError(ours: unknown, theirs: readonly number[]): number {
  const values = [ours].flat(10) as number[];
  return values.length === theirs.length ? Math.max(...values.map((value, i) => Math.abs(value - (theirs[i] ?? NaN)))) : Infinity;
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Batch, buildModel, compileModel, compileSpecOf, descriptionOf, restoreModelFile, toModelFile, Trainer } from '@trainyard/engine';
import { readModelFile, writeModelFile } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary, type TensorFlowRuntime } from '@trainyard/tensorflow';
import { KERAS_PEERS, pythonEnvironment, type PythonEnvironment } from '../support/python.js';

// A model goes from tf-keras to us and back, as `.h5` files with the optimizer's state: each side goes on where the other was.

/** Arguments of tf-keras's optimizers, of its present ones and of those that it calls legacy. */
const OPTIMIZERS = {
  SGD: { learning_rate: 0.05, momentum: 0.9, nesterov: true },
  RMSprop: { learning_rate: 0.01, momentum: 0.5, centered: true },
  Adagrad: { learning_rate: 0.1 },
  Adadelta: { learning_rate: 1 },
  Adam: { learning_rate: 0.01, amsgrad: true, clipnorm: 1 },
  AdamW: { learning_rate: 0.01, weight_decay: 0.1 },
  Adamax: { learning_rate: 0.01 },
  Nadam: { learning_rate: 0.01 },
  'legacy.SGD': { learning_rate: 0.05, momentum: 0.9, decay: 0.1 },
  'legacy.RMSprop': { learning_rate: 0.01, momentum: 0.5, centered: true },
  'legacy.Adagrad': { learning_rate: 0.1 },
  'legacy.Adadelta': { learning_rate: 1 },
  'legacy.Adam': { learning_rate: 0.01, amsgrad: true, decay: 0.1, global_clipnorm: 1 },
  'legacy.Adamax': { learning_rate: 0.01 },
  'legacy.Nadam': { learning_rate: 0.01 },
};
const names = Object.keys(OPTIMIZERS);

/** What both programs have: the batches of three steps. */
const COMMON = `
import json, os, sys
import numpy as np
import tf_keras
folder = sys.argv[1]
random = np.random.RandomState(7)
batches = [(random.rand(8, 4).astype('f4'), np.eye(2, dtype='f4')[random.randint(0, 2, 8)]) for _ in range(3)]
train = lambda model: [float(model.train_on_batch(x, y)) for x, y in batches]
`;

/** Trains and saves a model with each optimizer. Its answer: the batches, and the losses of going on. */
const BEGIN = `${COMMON}
losses = {}
for name, config in json.loads(sys.argv[2]).items():
    tf_keras.utils.set_random_seed(1)
    inputs = tf_keras.Input((4,), name='in')
    hidden = tf_keras.layers.Dense(5, activation='tanh', name='hidden')(inputs)
    model = tf_keras.Model(inputs, tf_keras.layers.Dense(2, activation='softmax', name='out')(hidden), name='graph')
    optimizers = tf_keras.optimizers.legacy if name.startswith('legacy.') else tf_keras.optimizers
    # In a graph, tf-keras's Nadam multiplies its product of momenta by the step's momentum once for each variable.
    model.compile(getattr(optimizers, name.split('.')[-1])(**config), 'categorical_crossentropy', run_eagerly=name == 'Nadam')
    train(model)
    model.save(os.path.join(folder, name + '.theirs.h5'))
    losses[name] = train(model)
print(json.dumps(dict(batches=[[x.tolist(), y.tolist()] for x, y in batches], losses=losses)))
`;

/** Loads what we saved, with its optimizer, and goes on. */
const GO_ON = `${COMMON}
answer = {}
for name in sys.argv[2:]:
    model = tf_keras.models.load_model(os.path.join(folder, name + '.ours.h5'))
    optimizer = type(model.optimizer)
    answer[name] = dict(name=('legacy.' if '.legacy.' in optimizer.__module__ else '') + optimizer.__name__, iterations=int(model.optimizer.iterations), losses=train(model))
print(json.dumps(answer))
`;

interface Begun {
  readonly batches: [x: number[][], y: number[][]][];
  readonly losses: Record<string, number[]>;
}
interface WentOn {
  readonly name: string;
  readonly iterations: number;
  readonly losses: number[];
}

let folder: string;
let runtime: TensorFlowRuntime;
let environment: PythonEnvironment | { skipped: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-tf-keras-'));
  runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
  environment = await pythonEnvironment(KERAS_PEERS);
}, 900_000);
afterAll(async () => {
  runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

test('with every optimizer of tf-keras, legacy ones too', { timeout: 600_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  const begun = (await environment.run(BEGIN, [folder, JSON.stringify(OPTIMIZERS)])) as Begun;
  const batches = begun.batches.map(([x, y]): Batch => ({ x: [arrayOf(x)], y: [arrayOf(y)] }));
  const ours: Record<string, number[]> = {};
  for (const name of names) {
    const trainer = await trainerOf(join(folder, `${name}.theirs.h5`));
    expectClose(await losses(trainer, batches), begun.losses[name], `${name}, read here`);
    await writeFile(join(folder, `${name}.ours.h5`), await writeModelFile(await toModelFile(trainer)));
    ours[name] = await losses(trainer, batches);
    trainer.dispose();
  }
  const went = (await environment.run(GO_ON, [folder, ...names])) as Record<string, WentOn>;
  for (const name of names) {
    expect(went[name], name).toMatchObject({ name, iterations: 2 * batches.length });
    // tf-keras's Nadam has no product of momenta in its files, and begins it anew.
    if (name !== 'Nadam') expectClose(went[name]?.losses, ours[name], `${name}, read there`);
  }
});

async function trainerOf(file: string): Promise<Trainer> {
  const saved = await readModelFile(await readFile(file));
  if (!saved.trainingConfig) throw new Error(`${file}: expected the arguments of compile`);
  const trainer = new Trainer(compileModel(buildModel(descriptionOf(saved)), compileSpecOf(saved.trainingConfig)), runtime, 0);
  await restoreModelFile(trainer, saved);
  return trainer;
}

async function losses(trainer: Trainer, batches: readonly Batch[]): Promise<number[]> {
  const all: number[] = [];
  for (const batch of batches) all.push((await trainer.trainBatch(trainer.standardize(batch)))[0] ?? NaN);
  return all;
}

function arrayOf(rows: number[][]): Batch['x'][number] {
  return { dtype: 'float32', shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
}

function expectClose(some: readonly number[] | undefined, others: readonly number[] | undefined, what: string): void {
  const message = `${what}: ${some?.join()} and ${others?.join()}`;
  expect(some, message).toHaveLength(others?.length ?? 0);
  some?.forEach((loss, i) => expect(Math.abs(loss - (others?.[i] ?? NaN)), message).toBeLessThan(1e-5));
}

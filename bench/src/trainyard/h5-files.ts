// Times the writing and reading of one model's .h5 file: what bench/peers/h5_files.py does with h5py and Keras.
import { readFile, writeFile } from 'node:fs/promises';

import { buildModel, compileModel, compileSpecOf, descriptionOf, restoreModelFile, toModelFile, Trainer } from '@trainyard/engine';
import { type ModelFile, readModelFile, writeModelFile } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import type { H5Action } from '../h5/time-h5.js';
import { serve } from './serve.js';

type Request =
  /** `saved`: the file to read, whose weights are also what is written, to `own`. */
  { readonly op: 'prepare'; readonly saved: string; readonly own: string } | { readonly op: 'time'; readonly what: H5Action; readonly calls: number };

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
let actions: Readonly<Record<H5Action, () => Promise<unknown>>> | undefined;

/** A saved model in a trainer, as `load_model` answers it. */
async function trainerOf(file: ModelFile): Promise<Trainer> {
  if (!file.trainingConfig) throw new Error('expected a model that was saved with its compile arguments');
  const trainer = new Trainer(compileModel(buildModel(descriptionOf(file)), compileSpecOf(file.trainingConfig)), runtime, 0);
  await restoreModelFile(trainer, file);
  return trainer;
}

async function prepare({ saved, own }: Extract<Request, { op: 'prepare' }>): Promise<void> {
  const read = async (): Promise<ModelFile> => readModelFile(await readFile(saved));
  const write = async (file: ModelFile): Promise<void> => writeFile(own, await writeModelFile(file));
  const file = await read();
  const trainer = await trainerOf(file);
  actions = {
    write: () => write(file),
    read,
    save: async () => write(await toModelFile(trainer)),
    load: async () => (await trainerOf(await read())).dispose(),
  };
}

async function answer(request: Request): Promise<unknown> {
  if (request.op === 'prepare') return prepare(request);
  const action = actions?.[request.what];
  if (!action) throw new Error('expected a model to be prepared first');
  const ms: number[] = [];
  for (let call = 0; call < request.calls; call++) {
    const started = performance.now();
    await action();
    ms.push(performance.now() - started);
  }
  return { ms };
}

await serve(answer);
runtime.dispose();

import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { buildModel, RandomStream, toLayerWeights, weightRefs } from '@trainyard/engine';
import { type JsonObject, parseModel, writeKerasArchive, writeModelConfig, writeModelFile } from '@trainyard/keras-format';
import { type NdArray, nestedOf, sizeOf } from '@trainyard/ndarray';

import { type Case, readCases } from '../cases.js';
import { modelOf } from '../h5/time-h5.js';
import { makeArray } from '../trainyard/case-data.js';
import type { ServedName } from './served-names.js';

/** A saved model, and what is predicted from. */
export interface ServedModel {
  /** As it is served. */
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly x: NdArray;
}

/** Models that all servers are asked for, a row at a time. */
export async function comparedModels(folder: string, names: readonly ServedName[]): Promise<ServedModel[]> {
  return Promise.all(names.map(async (name) => (name === 'wide' ? wideModel(folder) : ofCase(await caseOf(name), folder))));
}

async function caseOf(name: string): Promise<Case> {
  const [found] = await readCases([name.replaceAll('-', '_')]);
  if (!found) throw new Error(`expected a case ${name}`);
  return found;
}

const FEATURES = 32;
const WIDE = 2048;

/** 51 MB of weights, and little to send. */
async function wideModel(folder: string): Promise<ServedModel> {
  const hidden = ['first', 'second', 'third', 'fourth'].map((name, i) => ({ class_name: 'Dense', config: { name, units: WIDE, activation: 'relu', ...(i === 0 && { batch_input_shape: [null, FEATURES] }) } }));
  const config = [...hidden, { class_name: 'Dense', config: { name: 'last', units: 10, activation: 'softmax' } }];
  const file = await saved({ class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config }, path.join(folder, 'wide.keras'));
  const data = Float32Array.from({ length: FEATURES }, (_, i) => (i % 8) / 8);
  return { name: 'wide', title: `MLP ${FEATURES}-${hidden.map(() => WIDE).join('-')}-10`, file, x: { dtype: 'float32', shape: [1, FEATURES], data } };
}

async function ofCase({ name, title, model, inputs: [input] }: Case, folder: string): Promise<ServedModel> {
  if (!input) throw new Error(`${name}: expected an input`);
  return { name: name.replaceAll('_', '-'), title, file: await saved(model, path.join(folder, `${name}.keras`)), x: makeArray(input, 1, new RandomStream(2, 0)) };
}

const IMAGE = [224, 224, 3];

/** A model that does next to nothing with images, of which there are so many: what they cost is their way to it. */
export async function imageModel(folder: string, images: number): Promise<ServedModel> {
  const config = [
    { class_name: 'GlobalAveragePooling2D', config: { name: 'pool', batch_input_shape: [null, ...IMAGE] } },
    { class_name: 'Dense', config: { name: 'dense', units: 1 } },
  ];
  const file = await saved({ class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config }, path.join(folder, 'images.h5'));
  const shape = [images, ...IMAGE];
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i % 256) / 255);
  return { name: 'images', title: `${images} × ${IMAGE.join(' × ')}`, file, x: { dtype: 'float32', shape, data } };
}

/** Dense layers with so many MiB of weights. */
export async function largeModel(folder: string, mib: number): Promise<ServedModel> {
  const model = modelOf(mib);
  const units = model.config[0]?.config.units ?? 0;
  return { name: 'large', title: `${mib} MiB`, file: await saved(model, path.join(folder, 'large.h5')), x: { dtype: 'float32', shape: [1, units], data: new Float32Array(units).fill(0.5) } };
}

/** Saves a model with weights at random that has not been compiled: `.h5` as Keras 2.0.8 does it, or `.keras`, which Keras 3 reads. @returns the file */
async function saved(json: JsonObject, file: string): Promise<string> {
  const description = parseModel(json);
  const model = buildModel(description);
  const random = new RandomStream(1, 0);
  const weights = weightRefs(model).map(({ spec: { shape } }): NdArray => {
    const limit = 1 / Math.sqrt(shape[0] ?? 1);
    return { dtype: 'float32', shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (2 * random.uniform() - 1) * limit) };
  });
  const content = { kerasVersion: '2.0.8', backend: 'tensorflow', modelConfig: writeModelConfig(description), layers: toLayerWeights(model, weights), optimizerWeights: [] };
  await writeFile(file, await (file.endsWith('.keras') ? writeKerasArchive(content) : writeModelFile(content)));
  return file;
}

/** Rows as JSON. */
export const rowsOf = ({ x }: ServedModel): unknown => nestedOf(x);

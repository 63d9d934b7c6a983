import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy, encodeNpz, type NdArray } from '@trainyard/ndarray';
import type { JobRequestInput } from '@trainyard/protocol';
import { goldenFolder } from './golden.js';
import type { JobsApi } from './jobs-api.js';

export { network, smallJob, twoClasses, uploadTwoClasses } from '@trainyard/stack';

/** What genuine Keras 2.0.8 computed for a training case. */
export interface GoldenCase {
  readonly request: JobRequestInput;
  readonly x: NdArray;
  readonly y: NdArray;
  readonly history: Record<string, number[]>;
  /** Of the trained model, for the first 8 rows. */
  readonly predictions: number[];
}

/** Uploads the data and the first weights of a case, and makes the request for it. */
export async function uploadGolden(api: JobsApi, name: string): Promise<GoldenCase> {
  const read = (file: string) => readFile(join(goldenFolder, name, file));
  const json = async (file: string) => JSON.parse(await read(file).then(String));
  const [spec, expected] = [await json('spec.json'), await json('expected.json')];
  const arrays = async (role: string): Promise<NdArray[]> => Promise.all((spec.data[role] ?? []).map(async (file: string) => decodeNpy(await read(file))));
  const named = (as: string, list: readonly NdArray[]): [string, NdArray][] => list.map((array, i) => [`${as}_${i}`, array]);
  const upload = async (file: string, x: string, y: string, weight: string) => {
    const parts = { x: await arrays(x), y: await arrays(y), w: await arrays(weight) };
    await api.upload(`${name}/${file}`, encodeNpz(Object.entries(parts).flatMap(([as, list]) => named(as, list))));
    const source = { uri: `files/${name}/${file}`, x: parts.x.map((_, i) => `x_${i}`), y: parts.y.map((_, i) => `y_${i}`) };
    return { parts, source: parts.w.length === 0 ? source : { ...source, sample_weight: Object.fromEntries(outputs.map((output, i) => [output, `w_${i}`])) } };
  };
  const model = await json('model.json');
  const outputs: string[] = model.class_name === 'Sequential' ? [model.config.at(-1).config.name] : model.config.output_layers.map(([output]: [string]) => output);
  await api.upload(`${name}/init.h5`, await read('init.weights.h5'));
  const train = await upload('train.npz', 'x', 'y', 'sample_weight');
  const validation = spec.data.x_val === undefined ? undefined : await upload('validation.npz', 'x_val', 'y_val', 'val_sample_weight');
  const request = {
    model,
    weights: { uri: `files/${name}/init.h5` },
    compile: spec.compile,
    fit: spec.fit,
    data: { train: train.source, ...(validation && { validation: validation.source }) },
  } as JobRequestInput;
  const bytes = Buffer.from(expected.final_predict[0].b64, 'base64');
  const [x, y] = [train.parts.x[0], train.parts.y[0]];
  if (!x || !y) throw new Error(`${name}: expected x and y`);
  return { request, x, y, history: expected.history, predictions: [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))] };
}

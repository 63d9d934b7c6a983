import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy, sliceRows, viewBytes, type NdArray } from '@trainyard/ndarray';
import { goldenFolder, trainingCases } from './golden.js';

/** A whole model that genuine Keras wrote, with what it predicted. */
export interface GoldenModel {
  /** The `.h5`, in the folder of the goldens. */
  readonly file: string;
  readonly x: readonly NdArray[];
  /** What `model.predict(x)` gave, by output. */
  readonly predictions: readonly NdArray[];
}

interface StoredTensor {
  readonly dtype: 'float32' | 'int32';
  readonly shape: number[];
  readonly b64: string;
}

const read = (file: string): Promise<Buffer> => readFile(join(goldenFolder, file));
const json = async <T>(file: string): Promise<T> => JSON.parse((await read(file)).toString()) as T;
const arrayOf = ({ dtype, shape, b64 }: StoredTensor): NdArray => ({ dtype, shape, data: viewBytes(dtype, new Uint8Array(Buffer.from(b64, 'base64'))) });

/** Keras 2.0.8's models of the training cases, after training. */
export const keras2Models = (): Promise<GoldenModel[]> =>
  Promise.all(trainingCases().map((name) => ofCase(name, 'whole_model.h5', async () => (await json<{ final_predict: StoredTensor[] }>(`${name}/expected.json`)).final_predict)));

/** What Keras 3 wrote in the older format. */
export async function keras3Models(): Promise<GoldenModel[]> {
  const trained = ['c01_mlp_binary', 'c04_lstm_classify', 'c07_aux_two_outputs', 'c08_shared_lstm_tweets', 'c09_shared_conv_nodes'].map((name) =>
    ofCase(name, 'keras3_model.h5', async () => (await json<{ predict_first8: StoredTensor[] }>(`${name}/expected.keras3.json`)).predict_first8),
  );
  const { cases } = await json<{ cases: Record<string, { inputs: StoredTensor[]; predict: StoredTensor[] }> }>('k3_keras3151/expected.json');
  const later = Object.entries(cases).map(([name, { inputs, predict }]) => ({ file: `k3_keras3151/${name}.h5`, x: inputs.map(arrayOf), predictions: predict.map(arrayOf) }));
  return [...(await Promise.all(trained)), ...later];
}

/** Keras 1.2.2's. */
export async function keras1Models(): Promise<GoldenModel[]> {
  const cases = await json<Record<string, { x: StoredTensor[]; predict: StoredTensor[] }>>('k1_keras122/expected.json');
  return Object.entries(cases).map(([name, { x, predict }]) => ({ file: `k1_keras122/${name}.model.h5`, x: x.map(arrayOf), predictions: predict.map(arrayOf) }));
}

/** What a case expects of the first rows of its data. */
async function ofCase(name: string, file: string, expected: () => Promise<StoredTensor[]>): Promise<GoldenModel> {
  const [{ data }, predictions] = await Promise.all([json<{ data: { x: string[] } }>(`${name}/spec.json`), expected()]);
  const rows = predictions[0]?.shape[0] ?? 0;
  const x = await Promise.all(data.x.map(async (array) => sliceRows(decodeNpy(await read(`${name}/${array}`)), 0, rows)));
  return { file: `${name}/${file}`, x, predictions: predictions.map(arrayOf) };
}

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { decodeNpz, encodeNpy, sliceRows } from '@trainyard/ndarray';
import { expect, test, vi } from 'vitest';

import { KERAS_PEERS, pythonEnvironment } from '../support/python.js';
import { Stack } from '../support/stack.js';

// A trained job's checkpoint in the hands of somebody who has only Keras.

vi.setConfig({ testTimeout: 600_000, hookTimeout: 240_000 });

const digits = path.resolve(import.meta.dirname, '../../examples/digits');
const ROWS = 16;

const PREDICT = `
import json, sys
import numpy as np
import tf_keras
folder = sys.argv[1]
model = tf_keras.models.load_model(folder + '/digits.h5')
print(json.dumps(model.predict(np.load(folder + '/x.npy'), verbose=0).tolist()))
`;

test('the .h5 of a trained job opens in tf-keras, and predicts what /predict answers', async (context) => {
  const python = await pythonEnvironment(KERAS_PEERS);
  if ('skipped' in python) return context.skip(python.skipped);
  const stack = await Stack.start({ predictor: true });
  try {
    const { api } = stack;
    await stack.startWorker();
    const data = await readFile(path.join(digits, 'digits.npz'));
    await api.upload('digits.npz', data);
    const [spec, model] = await Promise.all(['spec.json', 'model.json'].map(async (file) => JSON.parse(await readFile(path.join(digits, file), 'utf8')) as Record<string, unknown>));
    const { id } = await api.submit({ ...spec, model, fit: { ...(spec?.['fit'] as object), epochs: 2 } } as never);
    await api.until(id, 'succeeded');

    const raw = decodeNpz(new Uint8Array(data)).get('x');
    if (!raw) throw new Error('expected an array x in digits.npz');
    // As the example's source scales it: /predict is sent what the model sees.
    const first = sliceRows(raw, 0, ROWS);
    const x = { dtype: 'float32' as const, shape: first.shape, data: Float32Array.from(first.data as Uint8Array, (pixel) => pixel / 16) };
    const size = x.data.length / ROWS;
    const instances = Array.from({ length: ROWS }, (_, row) => nest([...x.data.subarray(row * size, (row + 1) * size)], x.shape.slice(1)));
    const { body } = await api.call<{ predictions: number[][] }>('POST', `/v1/jobs/${id}/predict`, { instances, checkpoint: 'final' });

    await writeFile(path.join(stack.folder, 'digits.h5'), await api.bytes(`/v1/jobs/${id}/checkpoints/final/content`));
    await writeFile(path.join(stack.folder, 'x.npy'), encodeNpy(x));
    const keras = (await python.run(PREDICT, [stack.folder])) as number[][];
    expect(keras).toHaveLength(ROWS);
    const errors = keras.flatMap((row, i) => row.map((value, j) => Math.abs(value - (body.predictions[i]?.[j] ?? NaN))));
    expect(errors).toHaveLength(ROWS * 10);
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  } finally {
    await stack.stop();
  }
});

/** A flat list as nested lists of a shape. */
function nest(values: readonly number[], shape: readonly number[]): unknown {
  const [length = 0, ...rest] = shape;
  if (rest.length === 0) return values;
  const size = values.length / length;
  return Array.from({ length }, (_, i) => nest(values.slice(i * size, (i + 1) * size), rest));
}

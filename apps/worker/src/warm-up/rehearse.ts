import { buildModel, compileModel, fit, toModelFile, Trainer, type Batch } from '@trainyard/engine';
import { parseModel, writeModelFile } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { createTensorFlowRuntime } from '@trainyard/tensorflow';

const ROWS = 8;

const MODEL = {
  class_name: 'Sequential',
  keras_version: '2.0.8',
  config: [
    { class_name: 'Dense', config: { name: 'hidden', units: 4, activation: 'relu', batch_input_shape: [null, 3] } },
    { class_name: 'Dropout', config: { name: 'dropout', rate: 0.5 } },
    { class_name: 'Dense', config: { name: 'output', units: 1, activation: 'sigmoid' } },
  ],
};
const COMPILE = { optimizer: 'rmsprop', loss: 'binary_crossentropy', metrics: ['accuracy'] };

/**
 * Builds, trains and writes a tiny model, so that a job does none of it for the first time: JavaScript compiled, shared
 * libraries' pages read, kernels registered, thread pools made, h5wasm instantiated.
 *
 * @param sessions false where a session could take what is a job's to limit: then graphs are traced, and none is run.
 */
export async function rehearse(library: string, { sessions }: { sessions: boolean }): Promise<void> {
  const trainer = new Trainer(compileModel(buildModel(parseModel(MODEL)), COMPILE), createTensorFlowRuntime({ library }), 0);
  try {
    const data = blank();
    if (sessions) {
      await trainer.initialize();
      await fit(trainer, data, { batchSize: ROWS / 2, epochs: 1 });
      await writeModelFile(await toModelFile(trainer));
    } else {
      trainer.prepareBatches(trainer.standardize(data), [ROWS]);
    }
  } finally {
    trainer.dispose();
  }
}

function blank(): Batch {
  const floats = (shape: number[]): NdArray => ({ dtype: 'float32', shape, data: new Float32Array(shape.reduce((size, length) => size * length, 1)) });
  return { x: [floats([ROWS, 3])], y: [floats([ROWS, 1])] };
}

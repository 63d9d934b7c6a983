import type { Json } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import type { Logs } from '../training/trainer.js';
import type { TrainingControl, TrainingParams } from './callback.js';
import type { CallbackEnvironment } from './callback-definition.js';
import { NanLossError } from './terminate-on-nan.js';
import { ProgressLog } from './progress-log.js';
import { createCallbacks } from './registry.js';

const params: TrainingParams = { epochs: 4, initialEpoch: 0, steps: 2, batchSize: 8, samples: 15, validationSamples: 5, doValidation: true };

/** The lines of callbacks, then of the progress, over epochs with these logs, until one stops. */
async function lines(specs: Json[], verbose: number, epochs: readonly Logs[], given = params, lr = Math.fround(0.01)): Promise<string[]> {
  const said: string[] = [];
  const environment: CallbackEnvironment = { saveCheckpoint: async () => undefined, warn: (text) => said.push(`warning: ${text}`), log: (line) => said.push(line) };
  const callbacks = [...createCallbacks(specs, environment), new ProgressLog(verbose, environment.log, () => 0)];
  const control: TrainingControl = { metricsNames: ['loss', 'acc'], lr, stopTraining: false };
  for (const callback of callbacks) await callback.onTrainBegin(control, given);
  for (const [epoch, logs] of epochs.entries()) {
    if (control.stopTraining) break;
    for (const callback of callbacks) await callback.onEpochBegin(epoch, control);
    for (const callback of callbacks) await callback.onEpochEnd(epoch, logs, control);
  }
  for (const callback of callbacks) await callback.onTrainEnd(control);
  return said;
}

const checkpoint = (config: Record<string, Json>): Json => ({ class_name: 'ModelCheckpoint', config: { filepath: 'x.h5', ...config } });

describe('with verbose, what genuine Keras 2.0.8 prints', () => {
  const specs: Json[] = [
    checkpoint({ verbose: 1, save_best_only: true, monitor: 'val_acc' }),
    checkpoint({ filepath: 'w.h5', verbose: 1, period: 2, save_weights_only: true }),
    { class_name: 'EarlyStopping', config: { monitor: 'acc', patience: 1, verbose: 1 } },
    { class_name: 'ReduceLROnPlateau', config: { monitor: 'val_acc', patience: 0, verbose: 1 } },
  ];
  const epochs = [0.66321, 0.66268, 0.66164, 0.66].map((loss, i) => ({ loss, acc: 0.6, val_loss: 0.7227 + 0.0007 * Math.min(i, 1), val_acc: 0.2 }));

  it('callbacks, and one line an epoch', async () => {
    expect(await lines(specs, 2, epochs)).toEqual([
      'Train on 15 samples, validate on 5 samples',
      'Epoch 1/4',
      'Epoch 00000: val_acc improved from -inf to 0.20000, saving model to x.h5',
      '0s - loss: 0.6632 - acc: 0.6000 - val_loss: 0.7227 - val_acc: 0.2000',
      'Epoch 2/4',
      'Epoch 00001: val_acc did not improve',
      'Epoch 00001: saving model to w.h5',
      'Epoch 00001: reducing learning rate to 0.0009999999776482583.',
      '0s - loss: 0.6627 - acc: 0.6000 - val_loss: 0.7234 - val_acc: 0.2000',
      'Epoch 3/4',
      'Epoch 00002: val_acc did not improve',
      'Epoch 00002: reducing learning rate to 9.999999310821295e-05.',
      '0s - loss: 0.6616 - acc: 0.6000 - val_loss: 0.7234 - val_acc: 0.2000',
      'Epoch 00002: early stopping',
    ]);
  });

  it('an epoch within which training was stopped: it has no validation to name a checkpoint by', async () => {
    const stop: Json = { class_name: 'EarlyStopping', config: { monitor: 'loss', patience: 0 } };
    const named = checkpoint({ filepath: '{epoch}-{val_loss:.2f}.h5', verbose: 1 });
    expect(await lines([stop, named], 0, [{ loss: 1, val_loss: 2 }, { loss: 1 }])).toEqual([
      'Epoch 00000: saving model to 0-2.00.h5',
      'warning: ModelCheckpoint: nothing is saved of epoch 1, within which training was stopped: expected one of epoch, loss in braces, received "val_loss"',
    ]);
    await expect(lines([named], 0, [{ loss: 1 }])).rejects.toThrow('received "val_loss"');
  });

  it('a full bar, of samples or of batches', async () => {
    const logs = [{ loss: 0.66321, acc: 0 }];
    const stream: TrainingParams = { epochs: 1, initialEpoch: 0, steps: 2, doValidation: false };
    expect(await lines([], 1, logs, { ...params, epochs: 1 })).toEqual(['Train on 15 samples, validate on 5 samples', 'Epoch 1/1', '15/15 [==============================] - 0s - loss: 0.6632 - acc: 0.0000e+00']);
    expect(await lines([], 1, logs, stream)).toEqual(['Epoch 1/1', '2/2 [==============================] - 0s - loss: 0.6632 - acc: 0.0000e+00']);
    expect(await lines([], 0, logs)).toEqual([]);
  });

  it('negative values: an exponent with verbose 2 alone', async () => {
    const logs = [{ loss: -0.5, acc: 0.00001 }];
    const stream: TrainingParams = { epochs: 1, initialEpoch: 0, steps: 2, doValidation: false };
    expect((await lines([], 2, logs, stream))[1]).toBe('0s - loss: -5.0000e-01 - acc: 1.0000e-05');
    expect((await lines([], 1, logs, stream))[1]).toMatch(/ - loss: -0\.5000 - acc: 1\.0000e-05$/);
  });

  it('nothing without verbose', async () => {
    const quiet = specs.map((spec) => ({ ...(spec as { class_name: string }), config: { ...(spec as { config: Record<string, Json> }).config, verbose: 0 } }));
    expect(await lines(quiet, 0, epochs)).toEqual([]);
  });

  it('the schedule, and a loss that is not finite', async () => {
    const schedule = { class_name: 'LearningRateScheduler', config: { schedule: [0.1, 1e-5], verbose: 1 } };
    expect(await lines([schedule], 0, epochs.slice(0, 2))).toEqual(['Epoch 00001: LearningRateScheduler setting learning rate to 0.1.', 'Epoch 00002: LearningRateScheduler setting learning rate to 1e-05.']);
    const said: string[] = [];
    const [callback] = createCallbacks([{ class_name: 'TerminateOnNaN', config: {} }], { saveCheckpoint: async () => undefined, warn: () => undefined, log: (line) => said.push(line) });
    const control: TrainingControl = { metricsNames: ['loss'], lr: 1, stopTraining: false };
    expect(() => callback?.onBatchEnd(3, { loss: Infinity }, control, 1)).toThrow(NanLossError);
    expect(said).toEqual(['Batch 3: Invalid loss, terminating training']);
  });
});

import { createCallbacks, type TrainingControl } from '@trainyard/engine';
import type { JsonObject } from '@trainyard/keras-format';

import type { StoredNumber } from '../reference.js';
import { entry, hasKeys, type Sweep, type SweepResult } from './sweep-result.js';

interface CallbackCase {
  readonly class_name: string;
  readonly config: JsonObject;
  readonly sequence: string;
  readonly stopped_epoch?: number | null;
  readonly trace: readonly {
    readonly epoch: number;
    readonly value: StoredNumber;
    readonly loss?: StoredNumber;
    readonly lr: number;
    readonly stop: boolean;
    readonly files: readonly string[];
    readonly logs_lr: number | null;
  }[];
}

interface CallbackSweep {
  readonly cases: CallbackCase[];
}

export const callbackSweep: Sweep<CallbackSweep> = {
  matches: (file): file is CallbackSweep => hasKeys(file, 'cases') && Array.isArray(file.cases) && hasKeys(file.cases[0], 'sequence', 'trace'),
  run: async (file, _runtime, result) => {
    for (const callback of file.cases) {
      const name = `${callback.class_name} ${JSON.stringify(callback.config)} on ${callback.sequence}`;
      await entry(result, name, () => compare(name, callback, result));
    }
  },
};

/** Feeds a callback one monitored value an epoch and compares what it did to the rate, to training and to files. */
async function compare(name: string, { class_name, config, trace, stopped_epoch: stoppedEpoch }: CallbackCase, { comparison }: SweepResult): Promise<void> {
  const files: string[] = [];
  const environment = { saveCheckpoint: async ({ filepath }: { filepath: string }): Promise<void> => void files.push(filepath), warn: () => undefined, log: () => undefined };
  const [callback] = createCallbacks([{ class_name, config }], environment);
  const control: TrainingControl = { metricsNames: ['loss'], lr: 1, stopTraining: false };
  await callback?.onTrainBegin(control, { epochs: trace.length, initialEpoch: 0, steps: 1, doValidation: true });
  const monitor = typeof config['monitor'] === 'string' ? config['monitor'] : 'val_loss';
  for (const theirs of trace) {
    const logs: Record<string, number> = { [monitor]: Number(theirs.value), loss: Number(theirs.loss ?? theirs.value) };
    await callback?.onEpochEnd(theirs.epoch, logs, control);
    const place = `${name}, epoch ${theirs.epoch}`;
    comparison.exact(`${place}, lr`, Math.fround(control.lr), Math.fround(theirs.lr));
    comparison.exact(`${place}, stop`, control.stopTraining, theirs.stop);
    comparison.exact(`${place}, files`, [...new Set(files)].sort(), theirs.files);
    if (theirs.logs_lr !== null) comparison.exact(`${place}, logs lr`, Math.fround(logs['lr'] ?? NaN), Math.fround(theirs.logs_lr));
  }
  if (typeof stoppedEpoch === 'number') comparison.exact(`${name}, stopped_epoch`, (callback as { stoppedEpoch?: number } | undefined)?.stoppedEpoch, stoppedEpoch);
}

import type { Json } from '@trainyard/keras-format';

import type { Logs } from '../training/trainer.js';

/** What a callback may do to the training it watches. */
export interface TrainingControl {
  readonly metricsNames: readonly string[];
  lr: number;
  /** Keras's `model.stop_training`: training ends after the batch or epoch under way. */
  stopTraining: boolean;
}

/** The sizes of a training, Keras's `params`. */
export interface TrainingParams {
  readonly epochs: number;
  readonly initialEpoch: number;
  /** Batches an epoch. */
  readonly steps: number;
  readonly batchSize?: number | undefined;
  readonly samples?: number | undefined;
  /** Rows of validation arrays in memory. */
  readonly validationSamples?: number | undefined;
  readonly doValidation: boolean;
}

/**
 * Keras's Callback. The hooks are awaited in the order in which the callbacks are listed; `logs` of an epoch's end is shared,
 * so that one may add to it what the next ones and the History see (`lr`).
 */
export abstract class Callback {
  /** Whether no batch may be trained before this one has seen the end of the batch before it. */
  get needsEveryBatch(): boolean {
    return false;
  }

  onTrainBegin(_control: TrainingControl, _params: TrainingParams): void | Promise<void> {}
  onEpochBegin(_epoch: number, _control: TrainingControl): void | Promise<void> {}
  /** In place of `onEpochBegin`: another process has begun the epoch, and trained so many batches of it. */
  onEpochResume(_epoch: number, _batches: number): void | Promise<void> {}
  /** @param batch index within the epoch. */
  onBatchEnd(_batch: number, _logs: Readonly<Logs>, _control: TrainingControl, _samples: number): void | Promise<void> {}
  onEpochEnd(_epoch: number, _logs: Logs, _control: TrainingControl): void | Promise<void> {}
  onTrainEnd(_control: TrainingControl): void | Promise<void> {}

  /** What a snapshot must hold for another process to go on exactly. */
  state(): Json {
    return null;
  }

  /** Called after `onTrainBegin`, with what `state` gave. */
  restore(_state: Json): void {}
}

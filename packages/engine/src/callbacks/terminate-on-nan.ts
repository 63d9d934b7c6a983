import type { Logs } from '../training/trainer.js';
import { Callback, type TrainingControl } from './callback.js';
import type { CallbackDefinition, CallbackEnvironment } from './callback-definition.js';

/** The loss of a step was NaN or infinite, and the job asked to end then. */
export class NanLossError extends Error {
  override readonly name = 'NanLossError';
  constructor(
    readonly batch: number,
    readonly loss: number,
  ) {
    super(`batch ${batch}: expected a finite loss, received ${loss}; a lower learning rate or clipnorm may help`);
  }
}

/** Ends training when a batch's loss is not finite. */
class TerminateOnNaN extends Callback {
  override get needsEveryBatch(): boolean {
    return true;
  }

  constructor(private readonly environment: CallbackEnvironment) {
    super();
  }

  override onBatchEnd(batch: number, logs: Readonly<Logs>, control: TrainingControl): void {
    const { loss } = logs;
    if (loss === undefined || Number.isFinite(loss)) return;
    control.stopTraining = true;
    this.environment.log(`Batch ${batch}: Invalid loss, terminating training`);
    throw new NanLossError(batch, loss);
  }
}

export const terminateOnNaN: CallbackDefinition = { className: 'TerminateOnNaN', arguments: [], create: (_config, environment) => new TerminateOnNaN(environment) };

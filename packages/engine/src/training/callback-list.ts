import type { Json } from '@trainyard/keras-format';

import type { Callback, TrainingControl, TrainingParams } from '../callbacks/callback.js';
import type { Logs } from './trainer.js';

/** Calls hooks in the order of the list. A hook that answers no promise costs no turn of the event loop. */
export class CallbackList {
  constructor(
    private readonly callbacks: readonly Callback[],
    private readonly control: TrainingControl,
  ) {}

  get needEveryBatch(): boolean {
    return this.callbacks.some((callback) => callback.needsEveryBatch);
  }

  async trainBegin(params: TrainingParams): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainBegin(this.control, params);
  }

  async epochBegin(epoch: number): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochBegin(epoch, this.control);
  }

  async epochResume(epoch: number, batches: number): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochResume(epoch, batches);
  }

  async batchEnd(batch: number, logs: Readonly<Logs>, samples: number): Promise<void> {
    for (const callback of this.callbacks) {
      const pending = callback.onBatchEnd(batch, logs, this.control, samples);
      if (pending) await pending;
    }
  }

  async epochEnd(epoch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochEnd(epoch, logs, this.control);
  }

  async trainEnd(): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainEnd(this.control);
  }

  states(): Json[] {
    return this.callbacks.map((callback) => callback.state());
  }

  restore(states: readonly Json[]): void {
    this.callbacks.forEach((callback, i) => callback.restore(states[i] ?? null));
  }
}

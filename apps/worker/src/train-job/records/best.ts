import { decodeMetric, encodeMetric, type Best, type JobSpec } from '@trainyard/protocol';

/**
 * The best epoch so far. It goes by what the user's own callbacks monitor, ModelCheckpoint before EarlyStopping; without
 * any by `val_loss`, or by `loss` where nothing is validated.
 */
export class BestEpoch {
  readonly #monitor: string | undefined;
  readonly #rises: boolean | undefined;
  #best: Best | undefined;

  constructor(callbacks: JobSpec['callbacks'], known: Best | null) {
    const watching = ['ModelCheckpoint', 'EarlyStopping'].flatMap((name) => callbacks.filter(({ class_name }) => class_name === name));
    const config = watching.map((callback) => callback.config).find((candidate) => 'monitor' in candidate);
    this.#monitor = config && 'monitor' in config ? config.monitor : undefined;
    this.#rises = config && 'mode' in config && config.mode !== 'auto' ? config.mode === 'max' : undefined;
    this.#best = known ?? undefined;
  }

  get value(): Best | undefined {
    return this.#best;
  }

  /** Looks at an epoch that has ended. `checkpoint`: one that was made of it. */
  see(epoch: number, logs: Readonly<Record<string, number>>, checkpoint: string | null): void {
    const monitor = this.#monitor !== undefined && this.#monitor in logs ? this.#monitor : 'val_loss' in logs ? 'val_loss' : 'loss';
    const value = logs[monitor];
    if (value === undefined || Number.isNaN(value)) return;
    // The same epoch again: its checkpoint has been made.
    if (this.#best?.epoch === epoch) this.#best = { ...this.#best, checkpoint: checkpoint ?? this.#best.checkpoint };
    else if (this.#improves(monitor, value)) this.#best = { monitor, value: encodeMetric(value), epoch, checkpoint };
  }

  /** Whether the value is better than the best; a change of the monitor (validation came late) begins anew. */
  #improves(monitor: string, value: number): boolean {
    if (this.#best?.monitor !== monitor) return true;
    const best = decodeMetric(this.#best.value);
    const rises = this.#rises ?? monitor.includes('acc');
    return rises ? value > best : value < best;
  }
}

import type { Logs } from '@trainyard/engine';

/** The means of an epoch's metrics so far, weighted by the batches' sizes: what Keras's progress bar shows. */
export class RunningLogs {
  readonly #sums = new Map<string, number>();
  #samples = 0;

  add(logs: Readonly<Logs>, samples: number): void {
    for (const name in logs) this.#sums.set(name, (this.#sums.get(name) ?? 0) + (logs[name] ?? NaN) * samples);
    this.#samples += samples;
  }

  means(): Logs {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#samples]));
  }
}

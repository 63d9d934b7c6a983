import type { Logs } from '@trainyard/engine';
import { isJsonObject, type Json } from '@trainyard/keras-format';

/** The means of an epoch's metrics so far, weighted by the batches' sizes: what Keras's progress bar shows. */
export class RunningLogs {
  readonly #sums: Map<string, number>;
  #samples: number;

  /** @param known what `state` gave in another process */
  constructor(known?: Json) {
    const { sums, samples } = isJsonObject(known) ? known : {};
    this.#sums = new Map(Object.entries(isJsonObject(sums) ? sums : {}).map(([name, sum]) => [name, Number(sum)]));
    this.#samples = Number(samples ?? 0);
  }

  add(logs: Readonly<Logs>, samples: number): void {
    for (const name in logs) this.#sums.set(name, (this.#sums.get(name) ?? 0) + (logs[name] ?? NaN) * samples);
    this.#samples += samples;
  }

  /** JSON has no number for a sum that is none: it is text there. */
  state(): Json {
    return { sums: Object.fromEntries([...this.#sums].map(([name, sum]) => [name, Number.isFinite(sum) ? sum : String(sum)])), samples: this.#samples };
  }

  means(): Logs {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#samples]));
  }
}

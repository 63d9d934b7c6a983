/** Sums of weighted values, as text where JSON has no number for them. */
export interface RunningMeanState {
  readonly sums: readonly (number | string)[];
  readonly samples: number;
}

/** Keras's BaseLogger: means of per-batch values, weighted by the batches' sizes, in float64. */
export class RunningMean {
  readonly #sums: Float64Array;
  #samples: number;

  /** @param known what an earlier mean's `state` gave: this one goes on from there */
  constructor(metrics: number, known?: RunningMeanState) {
    this.#sums = Float64Array.from({ length: metrics }, (_, i) => Number(known?.sums[i] ?? 0));
    this.#samples = known?.samples ?? 0;
  }

  add(values: Float32Array, samples: number): void {
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] = (this.#sums[i] ?? 0) + (values[i] ?? NaN) * samples;
    this.#samples += samples;
  }

  get samples(): number {
    return this.#samples;
  }

  value(): Float64Array {
    return this.#sums.map((sum) => sum / this.#samples);
  }

  /** JSON keeps every bit of a float64 that is a number. */
  state(): RunningMeanState {
    return { sums: Array.from(this.#sums, (sum) => (Number.isFinite(sum) ? sum : String(sum))), samples: this.#samples };
  }
}

/** Keras's BaseLogger: means of per-batch values, weighted by the batches' sizes, in float64. */
export class RunningMean {
  readonly #sums: Float64Array;
  #samples = 0;

  constructor(metrics: number) {
    this.#sums = new Float64Array(metrics);
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
}

import { rowsOf, type Batch } from '@trainyard/engine';
import { sliceRows, type NdArray } from '@trainyard/ndarray';

/** A batch of inputs, for callbacks that look at what layers answer. It is read when it is first asked for. */
export class SampleInputs {
  #read: (() => Promise<Batch | undefined>) | undefined;
  #inputs: readonly NdArray[] | undefined;

  constructor(private readonly rows: number) {}

  from(data: Batch): void {
    this.#read = async () => data;
  }

  fromStream(open: () => AsyncIterable<Batch>): void {
    this.#read = async () => {
      for await (const batch of open()) return batch;
      return undefined;
    };
  }

  /** Undefined where nothing was named to read from. */
  async take(): Promise<readonly NdArray[] | undefined> {
    if (this.#inputs || !this.#read) return this.#inputs;
    const batch = await this.#read();
    this.#inputs = batch?.x.map((array) => sliceRows(array, 0, Math.min(this.rows, rowsOf(batch))));
    return this.#inputs;
  }
}

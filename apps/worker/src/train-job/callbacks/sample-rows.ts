import { rowsOf, type Batch } from '@trainyard/engine';
import { sliceRows, type NdArray } from '@trainyard/ndarray';

/** A batch of rows, for callbacks that look at what layers answer and how the loss falls. It is read when it is first asked for. */
export class SampleRows {
  #read: (() => Promise<Batch | undefined>) | undefined;
  #batch: Batch | undefined;

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
  async take(): Promise<Batch | undefined> {
    if (this.#batch || !this.#read) return this.#batch;
    const batch = await this.#read();
    if (!batch) return undefined;
    const slice = (array: NdArray): NdArray => sliceRows(array, 0, Math.min(this.rows, rowsOf(batch)));
    this.#batch = { x: batch.x.map(slice), y: batch.y.map(slice), sampleWeight: batch.sampleWeight?.map((array) => array && slice(array)) };
    return this.#batch;
  }
}

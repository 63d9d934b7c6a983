import { crc32 } from 'node:zlib';
import { addPredictionPart, listPredictionParts, type PartArray, type PredictionPart } from '@trainyard/database';
import type { Batch, ModelProgram } from '@trainyard/engine';
import { bytesOf, bytesPerElement, type NdArray, sizeOf, viewBytes } from '@trainyard/ndarray';
import { newUlid } from '@trainyard/protocol';
import type { OrderOf } from '../../messages.js';
import { predictionPartKey } from '../../object-keys.js';
import type { Attempt } from '../../train-job/attempt.js';
import { withPatience } from '../../train-job/patience.js';
import { dropUnlessOurs } from '../../train-job/records/checkpoints.js';
import type { BatchWork } from '../take-batches.js';

/** Bytes of predictions that come together in memory before they are stored. */
const partBytes = 16 * 2 ** 20;

/** Bytes of an output's rows in a part. */
export const bytesOfArray = ({ rows }: Pick<PredictionPart, 'rows'>, { dtype, shape }: PartArray): number => rows * sizeOf(shape) * bytesPerElement(dtype);

/**
 * Keras's `predict`, batch by batch. Predictions are stored in parts of some megabytes, and leave the memory. A part's object
 * has each output's rows, one output behind the other, and then the states of stateful layers: behind the last part the next
 * attempt goes on.
 */
export class Predictions implements BatchWork {
  readonly metrics = {};
  #outputs: (readonly NdArray[])[] = [];
  #bytes = 0;
  #number: number;

  private constructor(
    private readonly attempt: Attempt<OrderOf<'predict'>>,
    private readonly program: ModelProgram,
    readonly batchSize: number,
    private readonly last: PredictionPart | undefined,
  ) {
    this.#number = last ? last.number + 1 : 0;
  }

  static async restore(attempt: Attempt<OrderOf<'predict'>>, program: ModelProgram, batchSize: number): Promise<Predictions> {
    const last = (await withPatience(() => listPredictionParts(attempt.database, attempt.order.ref.jobId))).at(-1);
    const predictions = new Predictions(attempt, program, batchSize, last);
    if (last && program.states.length > 0) await predictions.#restoreStates(last);
    return predictions;
  }

  get step(): number {
    return this.last?.step ?? 0;
  }

  get full(): boolean {
    return this.#bytes >= partBytes;
  }

  async take({ x }: Batch): Promise<void> {
    const outputs = await this.program.predict(x, { batchSize: this.batchSize });
    this.#outputs.push(outputs);
    this.#bytes += outputs.reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  /** Makes a part of the predictions since the one before, if there are any. */
  async keep(step: number): Promise<void> {
    const outputs = this.#outputs;
    const [first] = outputs;
    if (!first) return;
    [this.#outputs, this.#bytes] = [[], 0];
    const contents = first.map((_, i) => Buffer.concat(outputs.map((batch) => bytesOf((batch[i] as NdArray).data))));
    const arrays = first.map(({ dtype, shape }, i): PartArray => ({ dtype, shape: shape.slice(1), crc: crc32(contents[i] ?? Buffer.alloc(0)) }));
    const rows = outputs.reduce((sum, [array]) => sum + (array?.shape[0] ?? 0), 0);
    const states = await this.program.read(this.program.states.map(({ name }) => name));
    const { order, journal, store, database } = this.attempt;
    const key = predictionPartKey(order.project, order.ref.jobId, newUlid());
    const bytes = Buffer.concat([...contents, ...states.map(({ data }) => bytesOf(data))]);
    const part: PredictionPart = { number: this.#number++, step, rows, key, arrays };
    journal.add(async () => {
      await store.put(key, bytes);
      await dropUnlessOurs(this.attempt, key, () => addPredictionPart(database, order.ref, part));
    });
  }

  async #restoreStates(part: PredictionPart): Promise<void> {
    const bytes = await withPatience(() => this.attempt.store.read(part.key));
    let at = part.arrays.reduce((sum, array) => sum + bytesOfArray(part, array), 0);
    const values = this.program.states.map(({ name, dtype, shape }): [string, NdArray] => {
      const start = at;
      at += sizeOf(shape) * bytesPerElement(dtype);
      return [name, { dtype, shape, data: viewBytes(dtype, bytes.subarray(start, at)) }];
    });
    await this.program.write(new Map(values));
  }
}

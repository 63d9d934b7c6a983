import { type Batch, rowsOf, RunningMean, type RunningMeanState, type Trainer } from '@trainyard/engine';
import { bytesOf, type NdArray, viewBytes } from '@trainyard/ndarray';
import { decodeFrame, encodeFrame, newSnapshotId } from '@trainyard/protocol';
import type { OrderOf } from '../../messages.js';
import { evaluationKey } from '../../object-keys.js';
import type { Attempt } from '../../train-job/attempt.js';
import { withPatience } from '../../train-job/patience.js';
import { storeSnapshot } from '../../train-job/records/snapshots.js';
import { usingSnapshot } from '../../train-job/restore.js';
import type { BatchWork } from '../take-batches.js';

/** What a snapshot of an evaluation tells; the states of stateful layers follow as the frame's parts. */
interface Known {
  readonly version: 1;
  readonly step: number;
  readonly mean: RunningMeanState;
}

/** Keras's `evaluate`, batch by batch: the means over the rows so far, and where the next attempt goes on. */
export class Evaluation implements BatchWork {
  readonly full = false;

  private constructor(
    private readonly attempt: Attempt<OrderOf<'evaluate'>>,
    private readonly trainer: Trainer,
    readonly batchSize: number,
    readonly step: number,
    private readonly mean: RunningMean,
  ) {}

  /** @throws SnapshotLostError when what an earlier attempt left cannot be used: the next one goes on from the one before it */
  static async restore(attempt: Attempt<OrderOf<'evaluate'>>, trainer: Trainer, batchSize: number): Promise<Evaluation> {
    const { snapshot } = attempt.order;
    const metrics = trainer.compiled.metricsNames.length;
    if (snapshot === null) return new Evaluation(attempt, trainer, batchSize, 0, new RunningMean(metrics));
    const restored = async (): Promise<Evaluation> => {
      const { json, parts } = decodeFrame(await withPatience(() => attempt.store.read(snapshot.key)));
      const { step, mean } = json as Known;
      const { states } = trainer.program;
      await trainer.program.write(new Map(states.map(({ name, dtype, shape }, i): [string, NdArray] => [name, { dtype, shape, data: viewBytes(dtype, parts[i] ?? new Uint8Array()) }])));
      return new Evaluation(attempt, trainer, batchSize, step, new RunningMean(metrics, mean));
    };
    return usingSnapshot(attempt, snapshot.key, restored, (error) => error instanceof RangeError);
  }

  get metrics(): Readonly<Record<string, number>> {
    return this.mean.samples === 0 ? {} : this.trainer.logs(this.mean.value());
  }

  async take(batch: Batch): Promise<void> {
    const standardized = this.trainer.standardize(batch);
    this.mean.add(await this.trainer.evaluateBatch(standardized), rowsOf(standardized));
  }

  async keep(step: number): Promise<void> {
    const { order, journal } = this.attempt;
    const states = await this.trainer.program.read(this.trainer.program.states.map(({ name }) => name));
    const known: Known = { version: 1, step, mean: this.mean.state() };
    const bytes = encodeFrame({ json: known, parts: states.map(({ data }) => bytesOf(data)) });
    const key = evaluationKey(order.project, order.ref.jobId, newSnapshotId());
    journal.add(() => storeSnapshot(this.attempt, { key, step, epoch: 0 }, bytes));
  }
}

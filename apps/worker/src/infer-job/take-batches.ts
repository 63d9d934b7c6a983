import type { Dataset } from '@trainyard/dataset';
import type { Batch } from '@trainyard/engine';
import type { Progress } from '@trainyard/protocol';
import type { InferenceOrder } from '../messages.js';
import type { Attempt } from '../train-job/attempt.js';
import { inPart } from '../train-job/placed-error.js';
import { PlacedStream } from '../train-job/placed-stream.js';
import { InterruptedError } from '../train-job/wishes.js';

const reportEveryMs = 250;
/** Writes that may wait, each of what has come together since the one before. */
const waitingWrites = 2;

/** What is done with the batches of a source, one after the other. */
export interface BatchWork {
  /** Batches that earlier attempts have taken. */
  readonly step: number;
  readonly batchSize: number;
  take(batch: Batch): Promise<void>;
  /** Whether so much has come together that it is kept before its time. */
  readonly full: boolean;
  /**
   * Adds to the journal that the next attempt goes on from here.
   * @param step batches taken, over the whole job.
   */
  keep(step: number): Promise<void>;
  /** The metrics so far. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Hands the batches of a source to `work`, from where an earlier attempt came to: as many as the job asks for, or one pass. What has
 * come so far is kept from time to time, and where the attempt is broken off to go on later.
 *
 * @returns the number of batches, over the whole job.
 * @throws InterruptedError; PlacedError of what is wrong with the data
 */
export async function takeBatches(attempt: Attempt<InferenceOrder>, dataset: Dataset, work: BatchWork): Promise<number> {
  const { order, wishes, workplace, journal, report } = attempt;
  const { steps } = order.spec;
  const { batchSize } = work;
  const stream = new PlacedStream(dataset.stream({ batchSize, seed: 0, shuffle: false, startBatch: work.step, ...(steps === null && { passes: 1 }), signal: wishes.signal }), '/data');
  const total = steps ?? (dataset.rows === undefined ? null : Math.ceil(dataset.rows / batchSize));
  const pace = new Pace(work.step, total);
  let step = work.step;
  const tell = (): void => report({ progress: pace.progress(step), latestMetrics: work.metrics });
  let kept = { step, at: performance.now() };
  let told = 0;
  const keep = async (): Promise<void> => {
    if (step > kept.step) await work.keep(step);
    kept = { step, at: performance.now() };
  };
  try {
    while (steps === null || step < steps) {
      wishes.signal.throwIfAborted();
      const next = await stream.next();
      if (next.done === true) break;
      await inPart('/data', () => work.take(next.value));
      step++;
      if (performance.now() - told >= reportEveryMs) {
        told = performance.now();
        tell();
      }
      if (work.full || performance.now() - kept.at >= workplace.snapshots.everyMs) await keep();
      await journal.room(waitingWrites);
    }
  } catch (error) {
    tell();
    if (error instanceof InterruptedError && error.goesOn) await keep();
    throw error;
  } finally {
    await stream.close();
  }
  tell();
  return step;
}

/** How far the work has come, and when it will be done. */
class Pace {
  readonly #startedAt = performance.now();

  constructor(
    private readonly first: number,
    /** Null where it is not known before the source has been read. */
    private readonly total: number | null,
  ) {}

  progress(step: number): Progress {
    const { total } = this;
    const speed = (step - this.first) / (performance.now() - this.#startedAt);
    return {
      epoch: 0,
      epochs: 1,
      step,
      steps_per_epoch: total,
      fraction: total === null ? 0 : step / total,
      eta_s: total !== null && speed > 0 ? Math.round((total - step) / speed / 100) / 10 : null,
    };
  }
}

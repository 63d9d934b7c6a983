import { createCallbacks, type Batch, type Callback, type CheckpointRequest, type Trainer } from '@trainyard/engine';
import type { Attempt } from '../attempt.js';
import type { BestEpoch } from '../records/best.js';
import { saveCheckpoint } from '../records/checkpoints.js';
import type { EventFiles } from '../records/event-files.js';
import { alwaysThere } from './always-there.js';
import { csvLogger } from './csv-logger.js';
import { remoteMonitor } from './remote-monitor.js';
import { tensorBoard } from './tensorboard.js';

export interface CallbackParts {
  readonly attempt: Attempt;
  readonly trainer: Trainer;
  readonly best: BestEpoch;
  readonly events: EventFiles;
  /** Batches trained so far. */
  readonly step: () => number;
  /** Rows for histograms of what layers answer and of gradients; none where a stream is not validated. */
  readonly sampleRows: () => Promise<Batch | undefined>;
}

/**
 * The job's own callbacks, in their order.
 *
 * @throws FormatError pointing into `/callbacks`.
 */
export function createJobCallbacks(parts: CallbackParts): Callback[] {
  const { attempt, trainer, best, step } = parts;
  const environment = {
    warn: (text: string) => attempt.log('warning', text),
    log: (line: string) => attempt.log('info', line),
    saveCheckpoint: async ({ filepath, kind, epoch, logs }: CheckpointRequest): Promise<void> => {
      const seen = (id: string) => {
        best.see(epoch, logs, id);
        return best.value;
      };
      await saveCheckpoint(attempt, trainer, { filename: fileName(filepath), kind, epoch, step: step(), final: false, metrics: { ...logs }, best: seen });
    },
  };
  const more = [csvLogger(attempt), remoteMonitor(attempt), tensorBoard(parts), ...alwaysThere];
  return createCallbacks(attempt.order.spec.callbacks, environment, more);
}

/** The last segment of a path, by which the checkpoint is found again. */
function fileName(filepath: string): string {
  const name = filepath.split('/').filter((segment) => segment !== '').at(-1) ?? 'checkpoint';
  return name.length <= 1024 ? name : name.slice(-1024);
}

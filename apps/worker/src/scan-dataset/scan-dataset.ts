import { recordScan } from '@trainyard/database';
import { scanSource } from '@trainyard/dataset';
import type { DatasetState, Progress } from '@trainyard/protocol';
import type { OrderOf } from '../messages.js';
import { datasetStateKey } from '../object-keys.js';
import type { Attempt } from '../train-job/attempt.js';
import { resolveUri } from '../train-job/open-dataset.js';
import { outcomeOf, type Outcome } from '../train-job/outcome.js';
import { stage } from '../train-job/stage.js';
import { withPatience } from '../train-job/patience.js';
import { inPart } from '../train-job/placed-error.js';

/** Least milliseconds between two reports: each makes the watchdog wait anew. */
const reportMs = 500;

/** Scans a dataset, from the attempt's first stage to its end. Whatever happens is an outcome: this does not throw. */
export async function scanDataset(attempt: Attempt<OrderOf<'scan'>>): Promise<Outcome> {
  try {
    await stage('scan', () => scan(attempt));
    await attempt.journal.flush();
    return { status: 'succeeded', stopReason: 'completed' };
  } catch (error) {
    return outcomeOf(error);
  }
}

async function scan({ order, store, workplace, wishes, database, phases, report }: Attempt<OrderOf<'scan'>>): Promise<void> {
  const { project, ref, spec } = order;
  let told = -Infinity;
  phases.enter('loading_data');
  const { scan: found, shards } = await inPart('/source', () =>
    scanSource(spec.source, {
      resolve: (uri) => resolveUri(uri, store, project, workplace.storage),
      signal: wishes.signal,
      onProgress: ({ shards: done, ofShards, rows }) => {
        if (performance.now() - told < reportMs) return;
        told = performance.now();
        report({ progress: progressOf(done / ofShards, rows) });
      },
    }),
  );
  const stateKey = datasetStateKey(project, spec.dataset, ref.attempt);
  await store.put(stateKey, Buffer.from(JSON.stringify({ version: 1, shards: [...shards] } satisfies DatasetState)), { contentType: 'application/json' });
  await withPatience(() => recordScan(database, ref, { scan: found, stateKey }));
}

/** Rows stand for steps: what the watchdog takes for progress. */
function progressOf(fraction: number, rows: number): Progress {
  return { epoch: 0, epochs: 1, step: rows, steps_per_epoch: null, fraction, eta_s: null };
}

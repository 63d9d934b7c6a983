import { setImmediate as nextTurn } from 'node:timers/promises';
import { warmUpDatabase } from '@trainyard/database';
import { createTensorFlowRuntime } from '@trainyard/tensorflow';
import type { Resources } from '../train-job/resources.js';
import { mayHaveGpu } from './gpu-device.js';
import { rehearse } from './rehearse.js';

/**
 * Does once, before there is a job, what takes a process long the first time: a job's first step is then trained 0.1 s after
 * its claim instead of 0.6 s (`npm run bench -- --suite jobs`, 2 cores).
 *
 * Whatever goes wrong is left to the attempt, which meets it again and knows what it means.
 *
 * @param order aborted when a job has come: what has begun is finished, and nothing else begun.
 */
export async function warmUp({ workplace: { library }, database }: Resources, order: AbortSignal): Promise<void> {
  const stages = [
    () => warmUpDatabase(database),
    () => void createTensorFlowRuntime({ library }),
    // The first session of a process decides how much of a GPU's memory it takes, and that is the job's to say.
    () => rehearse(library, { sessions: !mayHaveGpu() }),
  ];
  for (const stage of stages) {
    await nextTurn(); // an order that has come meanwhile is heard
    if (order.aborted) return;
    try {
      await stage();
    } catch {
      // see above
    }
  }
}

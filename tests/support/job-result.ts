import { readModelFile } from '@trainyard/keras-format';
import type { JobsApi } from './jobs-api.js';

/** All that a job has come to, for comparing it with another's to the last bit: History, checkpoints with their weights, the best epoch. */
export async function resultOf(api: JobsApi, id: string) {
  const { epoch, history } = await api.history(id);
  const checkpoints = await Promise.all(
    (await api.checkpoints(id)).map(async ({ id: checkpoint, filename, epoch: at, step, labels }) => {
      const { layers, optimizerWeights } = await readModelFile(await api.bytes(`/v1/jobs/${id}/checkpoints/${checkpoint}/content`));
      return { filename, at, step, labels, weights: layers.flatMap(({ weights }) => weights), optimizerWeights };
    }),
  );
  const { best, stop_reason } = await api.job(id);
  return { epoch, history, checkpoints, best: { ...best, checkpoint: null }, stop_reason };
}

export type JobResult = Awaited<ReturnType<typeof resultOf>>;

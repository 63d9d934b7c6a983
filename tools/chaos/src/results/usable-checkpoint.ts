import { createHash } from 'node:crypto';
import type { Checkpoint } from '@trainyard/protocol';
import type { JobsApi } from '@trainyard/stack';
import { SEQUENCE, FEATURES } from '../jobs/chaos-data.js';
import { readCheckpoint } from './checkpoint-content.js';

/** Why a final checkpoint is of no use, in words: it is not what its row says, cannot be read, holds what is no number, does not predict. */
export async function faultsOfFinal(api: JobsApi, job: string, checkpoint: Checkpoint): Promise<string[]> {
  try {
    const { weights } = await readCheckpoint(api, job, checkpoint);
    const broken = weights.filter(({ array }) => !Array.prototype.every.call(array.data, (value: number | bigint) => Number.isFinite(Number(value)))).map(({ name }) => `${name} has values that are no numbers`);
    return [...(await faultsOfBytes(api, job, checkpoint)), ...(weights.length === 0 ? ['it has no weights'] : []), ...broken, ...(await faultsOfPrediction(api, job, checkpoint))];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Whether a checkpoint's file is the one of which its row tells. */
export async function faultsOfBytes(api: JobsApi, job: string, { id, filename, sha256 }: Pick<Checkpoint, 'id' | 'filename' | 'sha256'>): Promise<string[]> {
  const bytes = await api.bytes(`/v1/jobs/${job}/checkpoints/${id}/content`);
  const found = createHash('sha256').update(bytes).digest('hex');
  return found === sha256 ? [] : [`${filename} (${id}): its row says sha256 ${sha256}, its file has ${found}`];
}

async function faultsOfPrediction(api: JobsApi, job: string, { id }: Checkpoint): Promise<string[]> {
  const { data } = await api.job(job);
  const [steps, numbers] = SEQUENCE;
  const row = data?.train.x === 'seq' ? Array.from({ length: steps }, () => Array<number>(numbers).fill(0.1)) : Array<number>(FEATURES).fill(0.1);
  const { status, body } = await api.call<{ predictions?: number[][] }>('POST', `/v1/jobs/${job}/predict`, { checkpoint: id, instances: [row] });
  const [[prediction] = []] = body.predictions ?? [];
  return status === 200 && prediction !== undefined && prediction > 0 && prediction < 1 ? [] : [`a prediction from it was answered with ${status}: ${JSON.stringify(body).slice(0, 300)}`];
}

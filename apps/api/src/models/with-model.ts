import { getJobSpec } from '@trainyard/database';
import { parseModel, writeModelJson } from '@trainyard/keras-format';
import type { Deps } from '../deps.js';
import type { ServedTarget, Target } from './target.js';

/** The model's JSON is with it where the checkpoint is of weights alone. */
export async function withModel({ database }: Pick<Deps, 'database'>, target: Target): Promise<ServedTarget> {
  const { kind, jobId } = target;
  if (kind === 'model' || jobId === null) return { ...target, modelJson: null };
  const { architecture } = await getJobSpec(database, jobId);
  return { ...target, modelJson: writeModelJson(parseModel(architecture)) };
}

import { getJobSpec, type JobRecord } from '@trainyard/database';
import { buildModel, type Model } from '@trainyard/engine';
import { parseModel, type ModelDescription } from '@trainyard/keras-format';
import type { Deps } from '../deps.js';

/** The model of a job that was accepted, so its JSON is known to be sound. Nothing is allocated for it. */
export async function readJobModel({ database }: Deps, job: JobRecord): Promise<{ description: ModelDescription; model: Model }> {
  const { architecture } = await getJobSpec(database, job.id);
  const description = parseModel(architecture);
  return { description, model: buildModel(description) };
}

import { findDataset, type DatasetRecord } from '@trainyard/database';
import { invalidRequest, jsonPointer, resolveSource, type Issue, type JobRequest, type JobSource, type JobSpec } from '@trainyard/protocol';
import type { Deps } from '../deps.js';

/** The sources of a job, with those of the datasets that it names filled in. */
export interface ResolvedSources {
  readonly data: JobSpec['data'];
  /** The datasets that were named. */
  readonly datasets: { readonly train?: DatasetRecord; readonly validation?: DatasetRecord };
}

/** @throws ApiError 422 when a dataset is not there, or not ready */
export async function resolveSources(deps: Deps, projectId: string, { train, validation }: JobRequest['data']): Promise<ResolvedSources> {
  const find = (source: JobSource | undefined, role: string) => datasetOf(deps, projectId, source, jsonPointer(['data', role]));
  const datasets = { train: await find(train, 'train'), validation: await find(validation, 'validation') };
  return {
    data: { train: resolveSource(train, datasets.train?.source), validation: validation ? resolveSource(validation, datasets.validation?.source) : null },
    datasets: { ...(datasets.train && { train: datasets.train }), ...(datasets.validation && { validation: datasets.validation }) },
  };
}

/** The dataset that a source names, ready to be used. @throws ApiError 422 */
export async function datasetOf({ database }: Deps, projectId: string, source: JobSource | undefined, pointer: string): Promise<DatasetRecord | undefined> {
  if (source?.dataset === undefined) return undefined;
  const found = await findDataset(database, projectId, source.dataset);
  const issue = issueOf(found, source.dataset, `${pointer}/dataset`);
  if (issue) throw invalidRequest([issue], found ? 'data_invalid' : 'data_not_found');
  return found;
}

function issueOf(dataset: DatasetRecord | undefined, id: string, pointer: string): Issue | undefined {
  switch (dataset?.status) {
    case 'ready':
      return undefined;
    case 'scanning':
      return { pointer, code: 'data_invalid', detail: `${id} is still being scanned; wait until GET /v1/datasets/${id} says that it is ready` };
    case 'failed':
      return { pointer, code: 'data_invalid', detail: `${id} could not be scanned: ${dataset.error?.message ?? 'its scan was cancelled'}` };
    case undefined:
      return { pointer, code: 'not_found', detail: `there is no dataset ${id}` };
  }
}

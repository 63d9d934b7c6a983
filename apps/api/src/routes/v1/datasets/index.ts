import { createDataset, deleteDataset, findDataset, findDatasetOfJob, findIdempotentJob, listDatasets, type DatasetRecord, type IdempotencyUse } from '@trainyard/database';
import { checkSource, DataError } from '@trainyard/dataset';
import { deleteObjects } from '@trainyard/housekeeping';
import { ApiError, DatasetBody, DatasetId, DatasetResource, invalidRequest, Limits, listOf, Resources, type Source } from '@trainyard/protocol';
import { traceparent } from '@trainyard/telemetry';
import { z } from 'zod';
import { presentDataset } from '../../../datasets/present-dataset.js';
import type { App, Deps } from '../../../deps.js';
import { IdempotencyHeaders, idempotencyOf } from '../../../http/idempotency.js';
import { deliver } from '../../../jobs/accept-job.js';
import { datasetPrefix } from '../../../jobs/object-keys.js';

const Params = z.object({ id: z.string().meta({ description: 'Id of a dataset', example: 'ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' }) });
const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: DatasetId.optional().meta({ description: 'last_id of the page before' }),
});
const Deleted = z.object({ id: z.string(), object: z.literal('dataset'), deleted: z.literal(true) });

/** Named sources: a worker scans each once, and jobs name them by their ids. */
export function addDatasetRoutes(app: App, deps: Deps): void {
  addCreateDataset(app, deps);
  addListDatasets(app, deps);
  addGetDataset(app, deps);
  addDeleteDataset(app, deps);
}

function addCreateDataset(app: App, deps: Deps): void {
  const schema = { tags: ['datasets'], summary: 'Name a source, and have it scanned', headers: IdempotencyHeaders, body: DatasetBody, response: { 202: DatasetResource } };
  app.post('/v1/datasets', { config: { scope: 'train' }, schema }, async (request, reply) => {
    const { projectId, body } = request;
    const idempotency = idempotencyOf(request.headers['idempotency-key'], body);
    const dataset = (await findEarlier(deps, projectId, idempotency)) ?? (await create(request.log));
    return reply.code(202).header('location', `/v1/datasets/${dataset.id}`).send(presentDataset(dataset));

    async function create(log: typeof request.log): Promise<DatasetRecord> {
      checkNames(body.source);
      const made = await createDataset(deps.database, { projectId, ...body, resources: Resources.parse({}), limits: Limits.parse({}), idempotency, traceparent: traceparent() });
      if (made.created) await deliver(deps, made.job, log);
      return made.dataset;
    }
  });
}

/** The dataset that a request with the same key made, if it was one. */
async function findEarlier({ database }: Deps, projectId: string, idempotency: IdempotencyUse | undefined): Promise<DatasetRecord | undefined> {
  const job = idempotency && (await findIdempotentJob(database, projectId, idempotency));
  return job && findDatasetOfJob(database, job.id);
}

/** What can be known of a source without its data and without a model. @throws ApiError 422 */
function checkNames(source: Source): void {
  try {
    checkSource(source, { inputs: [], outputs: [] });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw invalidRequest([{ pointer: `/source${error.pointer ?? ''}`, code: 'data_invalid', detail: error.message.slice(`${error.place}: `.length) }], 'data_invalid');
  }
}

function addListDatasets(app: App, { database }: Deps): void {
  const schema = { tags: ['datasets'], summary: 'List datasets, newest first', querystring: ListQuery, response: { 200: listOf(DatasetResource) } };
  app.get('/v1/datasets', { config: { scope: 'read' }, schema }, async (request) => {
    const { limit, after } = request.query;
    const { datasets, hasMore } = await listDatasets(database, request.projectId, { limit, after });
    const data = datasets.map(presentDataset);
    return { object: 'list' as const, data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
  });
}

function addGetDataset(app: App, { database }: Deps): void {
  const schema = { tags: ['datasets'], summary: 'Get a dataset with its scan', params: Params, response: { 200: DatasetResource } };
  app.get('/v1/datasets/:id', { config: { scope: 'read' }, schema }, async (request) => {
    const { id } = request.params;
    const dataset = DatasetId.safeParse(id).success ? await findDataset(database, request.projectId, id) : undefined;
    if (!dataset) throw notFound(id);
    return presentDataset(dataset);
  });
}

function addDeleteDataset(app: App, { database, store }: Deps): void {
  const schema = { tags: ['datasets'], summary: 'Delete a dataset; its files stay, and jobs that named it keep its source', params: Params, response: { 200: Deleted } };
  app.delete('/v1/datasets/:id', { config: { scope: 'train' }, schema }, async (request) => {
    const { id } = request.params;
    if (!DatasetId.safeParse(id).success || !(await deleteDataset(database, request.projectId, id))) throw notFound(id);
    await deleteObjects(store, datasetPrefix(request.projectId, id));
    return { id, object: 'dataset' as const, deleted: true as const };
  });
}

const notFound = (id: string): ApiError => new ApiError('not_found', `there is no dataset ${id}`);

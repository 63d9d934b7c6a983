import { getJobSpec, type JobRecord } from '@trainyard/database';
import { parseModel, writeModelJson } from '@trainyard/keras-format';
import { invalidRequest, npzMediaType, PredictAnswer, PredictBody, type PredictorRequest } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { askPredictor } from '../../../../http/ask-predictor.js';
import { sendStream } from '../../../../http/send-stream.js';
import { chooseCheckpoint } from '../../../../jobs/find-checkpoint.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';

/** With an npz body the options are in the query. */
const Query = z.strictObject({
  checkpoint: z.string().min(1).max(1024).optional(),
  outputs: z.enum(['probabilities', 'classes']).optional(),
  layers: z.string().optional().meta({ description: 'Names of layers, separated by commas' }),
  batch_size: z.coerce.number().int().min(1).max(100_000).optional(),
});
const maxNpzBytes = 256 * 2 ** 20;

type Options = Pick<PredictorRequest, 'outputs' | 'layers' | 'batch_size' | 'tensors'> & { checkpoint: string | undefined; raw: boolean };

/** Predictions from any checkpoint of a job, while it still trains too. Bodies are JSON or npz, answers likewise. */
export function addPredict(app: App, deps: Deps): void {
  void app.register(async (scope: App) => {
    scope.addContentTypeParser(npzMediaType, { parseAs: 'buffer', bodyLimit: maxNpzBytes }, (_request, body, done) => done(null, body));
    const schema = {
      tags: ['results'],
      summary: 'Predict from a checkpoint (JSON, or application/x-npz in and out)',
      params: JobParams,
      querystring: Query,
      body: z.union([PredictBody, z.instanceof(Buffer).meta({ description: 'An npz archive, one array an input' })]),
      response: { 200: PredictAnswer },
    };
    scope.post('/v1/jobs/:id/predict', { config: { scope: 'predict' }, schema, bodyLimit: maxNpzBytes }, async (request, reply) => {
      const job = await loadJob(deps, request);
      const { checkpoint: ref, raw, ...options } = optionsOf(request.body, request.query);
      const checkpoint = await chooseCheckpoint(deps, job, ref);
      const accept = (request.headers.accept ?? '').includes(npzMediaType) ? ('npz' as const) : ('json' as const);
      const { id, kind, key, sha256 } = checkpoint;
      const model = kind === 'model' ? null : writeModelJson(parseModel((await getJobSpec(deps.database, job.id)).architecture));
      const answer = await askPredictor(deps.predictorUrl, { project: request.projectId, job: job.id, checkpoint: { id, kind, key, sha256 }, model, raw: raw ? rowsOf(job) : null, accept, ...options });
      if (answer.kind === 'problem') throw answer.error;
      if (answer.kind === 'npz') {
        void reply.header('x-trainyard-checkpoint', id);
        return sendStream(reply, npzMediaType, answer.body);
      }
      return { ...answer.body, checkpoint: id };
    });
  });
}

/** What tells how the job's rows are read. @throws ApiError 422 when the job does not know */
function rowsOf({ dataKey }: JobRecord): PredictorRequest['raw'] {
  if (dataKey === null) throw invalidRequest([{ pointer: '/raw', code: 'invalid_value', detail: "the job has not kept how its rows are read; leave out raw and send the model's inputs" }]);
  return { data_key: dataKey };
}

function optionsOf(body: PredictBody | Buffer, query: z.output<typeof Query>): Options {
  if (Buffer.isBuffer(body)) {
    const layers = query.layers?.split(',') ?? null;
    return { raw: false, checkpoint: query.checkpoint, outputs: query.outputs ?? 'probabilities', layers, batch_size: query.batch_size ?? 32, tensors: { npz_base64: body.toString('base64') } };
  }
  const { raw, checkpoint, outputs, layers = null, batch_size } = body;
  const tensors = 'instances' in body ? { instances: body.instances } : { inputs: body.inputs };
  return { raw, checkpoint: query.checkpoint ?? checkpoint, outputs: query.outputs ?? outputs, layers: query.layers?.split(',') ?? layers, batch_size: query.batch_size ?? batch_size, tensors };
}

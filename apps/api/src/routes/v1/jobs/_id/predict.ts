import { DeadlineMs, invalidRequest, npzMediaType, PredictAnswer, PredictBody, TopK, type PredictorRequest, type PredictorRequestInput } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { askPredictor, type Answer } from '../../../../http/ask-predictor.js';
import { sendStream } from '../../../../http/send-stream.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { PredictTargets, type PredictTarget } from '../../../../jobs/predict-target.js';

/** With an npz body the options are in the query. */
const Query = z.strictObject({
  checkpoint: z.string().min(1).max(1024).optional(),
  outputs: z.enum(['probabilities', 'classes']).optional(),
  layers: z.string().optional().meta({ description: 'Names of layers, separated by commas' }),
  batch_size: z.coerce.number().int().min(1).max(100_000).optional(),
  top_k: z.coerce.number().pipe(TopK).optional(),
  deadline_ms: z.coerce.number().pipe(DeadlineMs).optional(),
});
const maxNpzBytes = 256 * 2 ** 20;

type Options = Pick<PredictorRequest, 'outputs' | 'layers' | 'batch_size' | 'tensors' | 'top_k'> & Pick<PredictorRequestInput, 'deadline_ms'> & { checkpoint: string | undefined; raw: boolean };

/** Predictions from any checkpoint of a job, while it still trains too. Bodies are JSON or npz, answers likewise. */
export function addPredict(app: App, deps: Deps): void {
  const targets = new PredictTargets(deps);
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
      const { checkpoint: ref, raw, ...options } = optionsOf(request.body, request.query);
      const accept = (request.headers.accept ?? '').includes(npzMediaType) ? ('npz' as const) : ('json' as const);
      const ask = (target: PredictTarget): Promise<Answer> => {
        const { job, checkpoint, model } = target;
        return askPredictor(deps.predictors, { project: request.projectId, job, checkpoint, model, raw: raw ? rowsOf(target) : null, classes: options.top_k === null ? null : dataOf(target), accept, ...options }, reply.raw);
      };
      let target = await (raw ? targets.findWithData(request, ref) : targets.find(request, ref));
      let answer = await ask(target);
      if (answer.kind === 'problem' && answer.error.code === 'not_found') {
        // What was known may have been pruned since, and the ref mean another one.
        const newer = await targets.findAnew(request, ref);
        if (newer.checkpoint.id !== target.checkpoint.id) answer = await ask((target = newer));
      }
      const { id } = target.checkpoint;
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
function rowsOf(target: PredictTarget): PredictorRequest['raw'] {
  const data = dataOf(target);
  if (data === null) throw invalidRequest([{ pointer: '/raw', code: 'invalid_value', detail: "the job has not kept how its rows are read; leave out raw and send the model's inputs" }]);
  return data;
}

const dataOf = ({ dataKey }: PredictTarget): PredictorRequest['raw'] => dataKey === null ? null : { data_key: dataKey };

/** The query's options before the body's. */
function optionsOf(body: PredictBody | Buffer, query: z.output<typeof Query>): Options {
  const { raw, checkpoint, outputs, layers = null, batch_size, top_k, deadline_ms, tensors } = Buffer.isBuffer(body) ? optionsOfNpz(body) : optionsOfJson(body);
  return {
    ...{ raw, tensors, checkpoint: query.checkpoint ?? checkpoint, outputs: query.outputs ?? outputs, layers: query.layers?.split(',') ?? layers },
    ...{ batch_size: query.batch_size ?? batch_size, top_k: query.top_k ?? top_k ?? null, deadline_ms: query.deadline_ms ?? deadline_ms },
  };
}

type BodyOptions = Omit<PredictBody, 'instances' | 'inputs'> & { tensors: PredictorRequest['tensors'] };

const optionsOfNpz = (body: Buffer): BodyOptions => ({ raw: false, outputs: 'probabilities', batch_size: 32, tensors: { npz_base64: body.toString('base64') } });

const optionsOfJson = (body: PredictBody): BodyOptions => ({ ...body, tensors: 'instances' in body ? { instances: body.instances } : { inputs: body.inputs } });

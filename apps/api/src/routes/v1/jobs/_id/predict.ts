import { ApiError, DeadlineMs, npzMediaType, PredictAnswer, PredictBody, TopK } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { predictBodyLimit } from '../../../../http/json-body.js';
import { sendStream } from '../../../../http/send-stream.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { CheckpointTargets } from '../../../../models/checkpoint-targets.js';
import { predictFrom, type Asked, type Prediction } from '../../../../models/predict-from.js';
import type { Target } from '../../../../models/target.js';

/** With an npz body the options are in the query. */
const Query = z.strictObject({
  checkpoint: z.string().min(1).max(1024).optional(),
  outputs: z.enum(['probabilities', 'classes']).optional(),
  layers: z.string().optional().meta({ description: 'Names of layers, separated by commas' }),
  batch_size: z.coerce.number().int().min(1).max(100_000).optional(),
  top_k: z.coerce.number().pipe(TopK).optional(),
  deadline_ms: z.coerce.number().pipe(DeadlineMs).optional(),
});

type Options = Omit<Asked, 'accept'> & { checkpoint: string | undefined };

/** Predictions from any checkpoint of a job, while it still trains too. Bodies are JSON or npz, answers likewise. */
export function addPredict(app: App, deps: Deps): void {
  const targets = new CheckpointTargets(deps);
  void app.register(async (scope: App) => {
    scope.addContentTypeParser(npzMediaType, { parseAs: 'buffer', bodyLimit: predictBodyLimit }, (_request, body, done) => done(null, body));
    const schema = {
      tags: ['results'],
      summary: 'Predict from a checkpoint (JSON, or application/x-npz in and out)',
      params: JobParams,
      querystring: Query,
      body: z.union([PredictBody, z.instanceof(Buffer).meta({ description: 'An npz archive, one array an input' })]),
      response: { 200: PredictAnswer },
    };
    scope.post('/v1/jobs/:id/predict', { config: { scope: 'predict' }, schema, bodyLimit: predictBodyLimit }, async (request, reply) => {
      const { checkpoint: ref, ...options } = optionsOf(request.body, request.query);
      const accept = (request.headers.accept ?? '').includes(npzMediaType) ? ('npz' as const) : ('json' as const);
      const ask = (target: Target): Promise<Prediction> => predictFrom(deps, request.projectId, target, { ...options, accept }, reply.raw);
      let target = await (options.raw ? targets.findWithData(request, ref) : targets.find(request, ref));
      const answer = await ask(target).catch(async (error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== 'not_found') throw error;
        // What was known may have been pruned since, and the ref mean another one.
        const newer = await targets.findAnew(request, ref);
        if (newer.checkpointId === target.checkpointId) throw error;
        return ask((target = newer));
      });
      if (answer.kind === 'npz') {
        void reply.header('x-trainyard-checkpoint', target.checkpointId);
        return sendStream(reply, npzMediaType, answer.body);
      }
      if (answer.kind !== 'json') throw new Error(`expected JSON or npz of the predictor, received ${answer.kind}`);
      return { ...answer.body, checkpoint: target.checkpointId };
    });
  });
}

/** The query's options before the body's. */
function optionsOf(body: PredictBody | Buffer, query: z.output<typeof Query>): Options {
  const { raw, checkpoint, outputs, layers = null, batch_size, top_k, deadline_ms, tensors, parts } = Buffer.isBuffer(body) ? optionsOfNpz(body) : optionsOfJson(body);
  return {
    ...{ raw, tensors, checkpoint: query.checkpoint ?? checkpoint, outputs: query.outputs ?? outputs, layers: query.layers?.split(',') ?? layers },
    ...{ batch_size: query.batch_size ?? batch_size, top_k: query.top_k ?? top_k ?? null, deadline_ms: query.deadline_ms ?? deadline_ms },
    ...(parts && { parts }),
  };
}

type BodyOptions = Omit<PredictBody, 'instances' | 'inputs'> & Pick<Asked, 'tensors' | 'parts'>;

const optionsOfNpz = (body: Buffer): BodyOptions => ({ raw: false, outputs: 'probabilities', batch_size: 32, tensors: { npz: true }, parts: [body] });

const optionsOfJson = (body: PredictBody): BodyOptions => ({ ...body, tensors: 'instances' in body ? { instances: body.instances } : { inputs: body.inputs } });

import { DeadlineMs, npzMediaType, PredictAnswer, PredictBody, TopK } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { predictBodyLimit } from '../../../../http/json-body.js';
import { sendStream } from '../../../../http/send-stream.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { askModel } from '../../../../models/ask-model.js';
import type { ServedVersion } from '../../../../models/find-model.js';
import type { Asked } from '../../../../models/predict-from.js';
import { jobNamed } from '../../../../models/served-models.js';
import type { Serving } from '../../../../models/serving.js';
import { answerTo, tensorsOf } from '../../../../protocols/json-tensors/predict-body.js';

/** With an npz body the options are in the query. */
const Query = z.strictObject({
  checkpoint: z.string().min(1).max(1024).optional(),
  outputs: z.enum(['probabilities', 'classes']).optional(),
  layers: z.string().optional().meta({ description: 'Names of layers, separated by commas' }),
  batch_size: z.coerce.number().int().min(1).max(100_000).optional(),
  top_k: z.coerce.number().pipe(TopK).optional(),
  deadline_ms: z.coerce.number().pipe(DeadlineMs).optional(),
});

/** Predictions from any checkpoint of a job, while it still trains too. Bodies are JSON or npz, answers likewise. */
export function addPredict(app: App, deps: Deps, serving: Serving): void {
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
      const { body, query } = request;
      const { checkpoint: ref, ...options } = optionsOf(body, query);
      const accept = (request.headers.accept ?? '').includes(npzMediaType) ? ('npz' as const) : ('json' as const);
      const ask = async (served: ServedVersion): Promise<Asked> => {
        const tensors = Buffer.isBuffer(body) ? { tensors: { npz: true as const }, parts: [body] } : await tensorsOf(body, options.raw, () => serving.signatures.ofVersion(served));
        return { ...options, ...tensors, accept };
      };
      const named = jobNamed(request.projectId, request.params.id, ref);
      const { prediction, target } = await askModel(deps, serving, request, named, ask, reply.raw);
      if (prediction.kind === 'npz') {
        void reply.header('x-trainyard-checkpoint', target.checkpointId);
        return sendStream(reply, npzMediaType, prediction.body);
      }
      if (prediction.kind !== 'json') throw new Error(`expected JSON or npz of the predictor, received ${prediction.kind}`);
      return { ...answerTo(Buffer.isBuffer(body) ? {} : body, prediction.body), checkpoint: target.checkpointId };
    });
  });
}

type BodyOptions = Omit<PredictBody, 'instances' | 'inputs'>;

/** The query's options before the body's. */
function optionsOf(body: PredictBody | Buffer, query: z.output<typeof Query>): Omit<Asked, 'tensors' | 'parts' | 'accept'> & Pick<BodyOptions, 'checkpoint'> {
  const said: BodyOptions = Buffer.isBuffer(body) ? optionsOfNpz : body;
  return {
    ...{ raw: said.raw, checkpoint: query.checkpoint ?? said.checkpoint, outputs: query.outputs ?? said.outputs, layers: query.layers?.split(',') ?? said.layers ?? null },
    ...{ batch_size: query.batch_size ?? said.batch_size, top_k: query.top_k ?? said.top_k ?? null, deadline_ms: query.deadline_ms ?? said.deadline_ms },
  };
}

const optionsOfNpz: BodyOptions = { raw: false, outputs: 'probabilities', batch_size: 32 };

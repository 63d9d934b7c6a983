import type { FastifyReply } from 'fastify';
import type { ServedPrediction } from './ask-model.js';

/** Says in headers what answered: protocols' bodies have no place for it. */
export function tellServed(reply: Pick<FastifyReply, 'headers'>, { served, target }: ServedPrediction): void {
  void reply.headers({ 'x-trainyard-model-version': String(served.version), 'x-trainyard-checkpoint': target.checkpointId });
}

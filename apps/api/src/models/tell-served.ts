import type { FastifyReply } from 'fastify';
import type { ServedVersion } from './find-model.js';
import type { Target } from './target.js';

/** Says in headers what answered: protocols' bodies have no place for it. */
export function tellServed(reply: Pick<FastifyReply, 'headers'>, { version }: ServedVersion, { checkpointId }: Target): void {
  void reply.headers({ 'x-trainyard-model-version': String(version), 'x-trainyard-checkpoint': checkpointId });
}

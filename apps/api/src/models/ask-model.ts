import type { ServerResponse } from 'node:http';
import { ApiError } from '@trainyard/protocol';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import type { Named, ServedVersion } from './find-model.js';
import { predictFrom, type Asked, type Prediction } from './predict-from.js';
import type { Serving } from './serving.js';
import type { ServedTarget } from './target.js';

/** Predictions with what they came from. */
export interface ServedPrediction {
  readonly prediction: Prediction;
  readonly served: ServedVersion;
  readonly target: ServedTarget;
}

/**
 * Asks what answers under a name: of its split one target, by weight; and its shadow afterwards. Where what is known of it may be
 * out of date, it is found anew before a request is refused.
 *
 * @param ask what is asked of a version: protocols read tensors by its signature.
 * @throws ApiError
 */
export async function askModel(deps: Deps, serving: Serving, request: Pick<FastifyRequest, 'log'>, named: Named, ask: (served: ServedVersion) => Asked | Promise<Asked>, waiting: ServerResponse): Promise<ServedPrediction> {
  const { models, shadows } = serving;
  const askVersion = async (found: ServedVersion): Promise<ServedPrediction> => {
    const asked = await ask(found);
    // How rows are read is kept once a job has begun to train.
    const served = asked.raw && found.split.some(({ dataKey }) => dataKey === null) ? await models.findAnew(named) : found;
    const target = chooseByWeight(served.split, Math.random());
    const prediction = await predictFrom(deps, named.projectId, target, asked, waiting);
    if (served.shadow) shadows.ask({ projectId: named.projectId, log: request.log }, served, served.shadow, asked, prediction);
    return { prediction, served, target };
  };
  const known = await models.find(named);
  try {
    return await askVersion(known);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not_found') throw error;
    // What was known may have been pruned since, and the name mean another one.
    const newer = await models.findAnew(named);
    if (isSame(newer, known)) throw error;
    return askVersion(newer);
  }
}

const isSame = (one: ServedVersion, other: ServedVersion): boolean =>
  one.split.length === other.split.length && one.split.every(({ checkpointId }, i) => checkpointId === other.split[i]?.checkpointId);

/** @param point of [0, 1), which the weights divide among the targets */
export function chooseByWeight<T extends { readonly weight: number }>(split: readonly T[], point: number): T {
  let left = point * split.reduce((sum, { weight }) => sum + weight, 0);
  const found = split.find(({ weight }) => (left -= weight) < 0) ?? split.at(-1); // rounding may leave nothing over
  if (!found) throw new RangeError('expected at least one target to choose from, received none');
  return found;
}

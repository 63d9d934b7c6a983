import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import type { ServedVersion } from './find-model.js';
import { predictFrom, type Asked, type Prediction } from './predict-from.js';
import type { Shadows } from './shadows.js';
import type { Target } from './target.js';

/** Predictions with what they came from. */
export interface ServedPrediction<P extends Prediction = Prediction> {
  readonly prediction: P;
  readonly target: Target;
}

/** Asks what answers under a name: of its split one target, by weight; and its shadow afterwards. */
export async function askModel(deps: Deps, shadows: Shadows, request: Pick<FastifyRequest, 'projectId' | 'log'>, version: ServedVersion, asked: Asked, waiting: ServerResponse): Promise<ServedPrediction> {
  const target = chooseByWeight(version.split, Math.random());
  const prediction = await predictFrom(deps, request.projectId, target, asked, waiting);
  if (version.shadow) shadows.ask(request, version, version.shadow, asked, prediction);
  return { prediction, target };
}

/** @param point of [0, 1), which the weights divide among the targets */
export function chooseByWeight<T extends { readonly weight: number }>(split: readonly T[], point: number): T {
  let left = point * split.reduce((sum, { weight }) => sum + weight, 0);
  const found = split.find(({ weight }) => (left -= weight) < 0) ?? split.at(-1); // rounding may leave nothing over
  if (!found) throw new RangeError('expected at least one target to choose from, received none');
  return found;
}

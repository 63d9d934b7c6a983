import type { ServerResponse } from 'node:http';
import { invalidRequest, type PredictorRequest, type PredictorRequestInput } from '@trainyard/protocol';
import type { Deps } from '../deps.js';
import { askPredictor, type Answer } from '../http/ask-predictor.js';
import type { ServedTarget } from './target.js';

/** What is asked of a checkpoint, whichever protocol it came by. */
export interface Asked extends Pick<PredictorRequest, 'tensors' | 'outputs' | 'layers' | 'batch_size' | 'accept'>, Pick<PredictorRequestInput, 'top_k' | 'deadline_ms'> {
  /** The bytes that the tensors are made of, where they came as bytes. */
  readonly parts?: readonly Uint8Array[];
  /** Whether the tensors are rows as the job's files have them. */
  readonly raw: boolean;
}

/** What Keras's `predict` does by itself. */
export const plainly = { outputs: 'probabilities', layers: null, batch_size: 32, raw: false } as const;

export type Prediction = Exclude<Answer, { kind: 'problem' }>;

/**
 * Predictions from a checkpoint: the one way to them, so that every protocol answers the same numbers.
 *
 * @param waiting what the client waits for: when it has gone, nothing more is asked. `undefined` where nobody waits.
 * @throws ApiError the predictor's own, `predictor_unavailable`, `deadline_exceeded`; ClientGoneError
 */
export async function predictFrom(deps: Pick<Deps, 'predictors'>, projectId: string, target: ServedTarget, { parts = [], raw, ...asked }: Asked, waiting: ServerResponse | undefined): Promise<Prediction> {
  const { jobId, checkpointId: id, kind, key, sha256, modelJson } = target;
  const classes = asked.top_k == null ? null : dataOf(target);
  const request = { ...asked, project: projectId, job: jobId, checkpoint: { id, kind, key, sha256 }, model: modelJson, raw: raw ? rowsOf(target) : null, classes };
  const answer = await askPredictor(deps.predictors, request, parts, waiting);
  if (answer.kind === 'problem') throw answer.error;
  return answer;
}

const dataOf = ({ dataKey }: ServedTarget): PredictorRequest['raw'] => (dataKey === null ? null : { data_key: dataKey });

/** What tells how the job's rows are read. @throws ApiError 422 when nobody knows */
function rowsOf(target: ServedTarget): PredictorRequest['raw'] {
  const data = dataOf(target);
  if (data !== null) return data;
  const why = target.jobId === null ? 'the model was not trained here, so nobody knows how its rows are read' : 'the job has not kept how its rows are read';
  throw invalidRequest([{ pointer: '/raw', code: 'invalid_value', detail: `${why}; leave out raw and send the model's inputs` }]);
}

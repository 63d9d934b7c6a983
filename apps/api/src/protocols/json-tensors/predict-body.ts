import type { PredictorAnswer, Signature } from '@trainyard/protocol';
import type { Asked } from '../../models/predict-from.js';
import { readJsonTensors, type JsonTensors } from './read-tensors.js';

/**
 * The tensors of a body of rows or columns. They are made here, so that no predictor reads JSON of images; but rows as the job's
 * files have them (`raw`) become tensors where its data state is, at the predictor.
 *
 * @throws ApiError that points to what is wrong.
 */
export async function tensorsOf(body: JsonTensors, raw: boolean, signature: () => Promise<Signature>): Promise<Pick<Asked, 'tensors' | 'parts'>> {
  if (raw) return { tensors: 'instances' in body ? { instances: [...body.instances] } : { inputs: body.inputs } };
  const { arrays, parts } = readJsonTensors(body, await signature());
  return { tensors: { arrays }, parts };
}

/** Outputs as they were asked for: by row to rows, else by column. */
export function answerTo(body: JsonTensors, { outputs }: PredictorAnswer): { predictions: unknown[] } | { outputs: unknown } {
  if (!('instances' in body)) return { outputs };
  if (Array.isArray(outputs)) return { predictions: outputs };
  const columns = Object.entries(outputs);
  return { predictions: Array.from({ length: columns[0]?.[1].length ?? 0 }, (_, row) => Object.fromEntries(columns.map(([name, list]) => [name, list[row]]))) };
}

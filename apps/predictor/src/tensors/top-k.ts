import type { ClassNames } from '@trainyard/dataset';
import { encodeMetric, invalidRequest, type ScoredClass } from '@trainyard/protocol';
import type { NamedOutput } from '../batching/work.js';

/**
 * Lists of lists of an output's values, as JSON shows them, where the last axis is the `k` largest of its values, the
 * largest first, of equal ones the first; NaN is less than any number. One value is the score of class 1: class 0 has what
 * is left to 1.
 *
 * @throws ApiError when the output has no axis of classes, or one value that is no probability.
 */
export function topK({ name, array: { shape, data } }: NamedOutput, k: number, names: ClassNames | undefined): unknown {
  const width = shape.at(-1) ?? 0;
  if (shape.length < 2 || width === 0) throw refuse(`expected scores of classes in each row of "${name}", received an array of shape [${shape.join(', ')}]`);
  const build = (axis: number, at: number): unknown => {
    if (axis === shape.length - 1) return largest(scoresAt(data, at, width, name), k).map((scored) => withName(scored, names));
    const size = shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1);
    return Array.from({ length: shape[axis] ?? 0 }, (_, i) => build(axis + 1, at + i * size));
  };
  return build(0, 0);
}

type Values = NamedOutput['array']['data'];

function scoresAt(data: Values, at: number, width: number, name: string): ArrayLike<number | bigint> {
  if (width > 1) return data.subarray(at, at + width);
  const score = Number(data[at]);
  if (score < 0 || score > 1) throw refuse(`expected a probability in each row of "${name}", which has one value, received ${score}`);
  return [1 - score, score];
}

interface Scored {
  readonly index: number;
  readonly score: number;
}

/** The k largest in order, found in one pass: few values come so far as to be sorted in. */
function largest(scores: ArrayLike<number | bigint>, k: number): Scored[] {
  const kept: Scored[] = [];
  for (let index = 0; index < scores.length; index++) {
    const score = Number(scores[index]);
    const last = kept[k - 1];
    if (last && !isAbove(score, last.score)) continue;
    let place = Math.min(kept.length, k - 1);
    for (let above = kept[place - 1]; above && isAbove(score, above.score); above = kept[place - 1]) {
      kept[place] = above;
      place--;
    }
    kept[place] = { index, score };
  }
  return kept;
}

const isAbove = (a: number, b: number): boolean => a > b || (Number.isNaN(b) && !Number.isNaN(a));

function withName({ index, score }: Scored, names: ClassNames | undefined): ScoredClass {
  const name = names?.[index];
  return { index, score: encodeMetric(score), ...(name != null && { class: name }) };
}

const refuse = (detail: string) => invalidRequest([{ pointer: '/top_k', code: 'invalid_value', detail }]);

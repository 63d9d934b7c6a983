import { nestedOf, sizeOf, viewBytes } from '@trainyard/ndarray';
import type { Datatype, ScoredClass } from '@trainyard/protocol';
import type { ByteArray } from '../../http/ask-predictor.js';
import type { Prediction } from '../../models/predict-from.js';
import { datatypeOf } from './datatypes.js';
import type { RequestedOutput } from './read-request.js';

/** An output, in either form that it may be answered in. */
export interface AnsweredTensor {
  readonly shape: readonly number[];
  readonly datatype: Datatype;
  /** Its elements as JSON has them, flat. */
  readonly data: () => unknown;
  readonly bytes: () => Uint8Array;
}

/** An output of a predictor's answer: numbers, or of the classes with the largest the text that Triton makes of them. */
export function answeredTensor(prediction: Prediction, { name, index }: RequestedOutput): AnsweredTensor {
  if (prediction.kind === 'arrays') {
    const array = prediction.arrays[index];
    if (!array) throw new Error(`${name}: expected ${index + 1} outputs of the predictor, received ${prediction.arrays.length}`);
    return numbers(array);
  }
  const outputs = prediction.kind === 'json' ? prediction.body.outputs : [];
  const scores = Array.isArray(outputs) ? outputs : outputs[name];
  if (!scores) throw new Error(`${name}: expected scores of classes of the predictor, received none`);
  return classes(scores as Scores);
}

function numbers({ dtype, shape, bytes }: ByteArray): AnsweredTensor {
  const data = (): unknown => nestedOf({ dtype, shape: [sizeOf(shape)], data: viewBytes(dtype, bytes) });
  return { shape, datatype: datatypeOf(dtype === 'int32' ? 'int32' : 'float32'), data, bytes: () => bytes };
}

/** Lists of lists of them, the last ones being of the classes of one row. */
type Scores = readonly (Scores | ScoredClass)[];

/** `score:index`, or `score:index:class`: as Triton's clients read it. */
function classes(scores: Scores): AnsweredTensor {
  const shape: number[] = [];
  for (let inner: Scores | ScoredClass | undefined = scores; Array.isArray(inner); inner = (inner as Scores)[0]) shape.push((inner as Scores).length);
  const texts = ((scores as unknown[]).flat(Infinity) as ScoredClass[]).map(({ score, index, class: name }) => [score, index, ...(name === undefined ? [] : [name])].join(':'));
  return { shape, datatype: 'BYTES', data: () => texts, bytes: () => encodeTexts(texts) };
}

/** Each with its length before it. */
function encodeTexts(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

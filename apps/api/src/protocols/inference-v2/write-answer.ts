import type { InferAnswer, InferOutput } from '@trainyard/protocol';
import type { Prediction } from '../../models/predict-from.js';
import { answeredTensor } from './answered-tensor.js';
import type { RequestedOutput } from './read-request.js';

/** An answer's JSON, and the bytes that follow it. */
export interface WrittenAnswer {
  readonly json: InferAnswer;
  readonly binary: readonly Uint8Array[];
}

export function writeAnswer(about: Omit<InferAnswer, 'outputs'>, prediction: Prediction, requested: readonly RequestedOutput[]): WrittenAnswer {
  const binary: Uint8Array[] = [];
  const outputs = requested.map((output): InferOutput => {
    const { shape, datatype, data, bytes } = answeredTensor(prediction, output);
    const head = { name: output.name, shape: [...shape], datatype };
    if (!output.binary) return { ...head, data: data() };
    const written = bytes();
    binary.push(written);
    return { ...head, parameters: { binary_data_size: written.length } };
  });
  return { json: { ...about, outputs }, binary };
}

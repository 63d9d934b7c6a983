import type { ModelTensor } from '@trainyard/engine';
import { decodeNpz, NpyError, type NdArray } from '@trainyard/ndarray';
import { ApiError, type PredictorRequest } from '@trainyard/protocol';
import { arraysOf } from './framed.js';
import { wrong } from './wrong.js';

type Inputs = readonly ModelTensor[];

/**
 * The arrays of a request, one for each input of the model in its order: of an npz archive, or as they are.
 *
 * @param parts the bytes that came with the request: of the archive, or of each array.
 * @throws ApiError that points to what is wrong.
 */
export function readInputs(tensors: PredictorRequest['tensors'], parts: readonly Uint8Array[], inputs: Inputs, maxBytes: number): NdArray[] {
  if ('npz' in tensors) return byName(decodeArchive(parts[0] ?? new Uint8Array(), maxBytes), inputs, 'the npz archive');
  if ('arrays' in tensors) return byName(arraysOf(tensors.arrays, parts), inputs, 'the arrays');
  throw new ApiError('malformed_json', 'expected arrays or an npz archive, or raw with rows as JSON, received rows as JSON alone');
}

function decodeArchive(archive: Uint8Array, maxBytes: number): Map<string, NdArray> {
  try {
    return decodeNpz(archive, { maxBytes });
  } catch (error) {
    if (error instanceof NpyError) throw wrong('', `the npz archive: ${error.message}`);
    throw error;
  }
}

function byName(arrays: ReadonlyMap<string, NdArray>, inputs: Inputs, place: string): NdArray[] {
  const [only] = arrays.values();
  if (inputs.length === 1 && arrays.size === 1 && only) return [only];
  return inputs.map((input, i) => {
    const array = arrays.get(input.name) ?? arrays.get(`arr_${i}`); // numpy.savez names what it is given without a name
    if (!array) throw wrong('', `${place}: expected an array ${JSON.stringify(input.name)}, received ${[...arrays.keys()].join(', ') || 'none'}`);
    return array;
  });
}

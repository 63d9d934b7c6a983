import { readModelFile, readWeightsFile, type NamedArray } from '@trainyard/keras-format';
import type { Checkpoint } from '@trainyard/protocol';
import type { JobsApi } from '@trainyard/stack';

/** What a checkpoint's file holds. */
export interface CheckpointContent {
  readonly weights: readonly NamedArray[];
  /** The optimizer's slots and counters; none in a file of weights alone. */
  readonly optimizer: readonly NamedArray[];
}

/** Downloads and reads a checkpoint as its user does. @throws FormatError when it is no file of Keras. */
export async function readCheckpoint(api: JobsApi, job: string, { id, kind }: Pick<Checkpoint, 'id' | 'kind'>): Promise<CheckpointContent> {
  const bytes = await api.bytes(`/v1/jobs/${job}/checkpoints/${id}/content`);
  const weightsOf = (layers: readonly { weights: NamedArray[] }[]): NamedArray[] => layers.flatMap(({ weights }) => weights);
  if (kind === 'weights') return { weights: weightsOf((await readWeightsFile(bytes)).layers), optimizer: [] };
  const { layers, optimizerWeights } = await readModelFile(bytes);
  return { weights: weightsOf(layers), optimizer: optimizerWeights };
}

/** Where two lists of arrays are not the same to the byte, in words. */
export function differingArrays(expected: readonly NamedArray[], received: readonly NamedArray[]): string[] {
  const names = (arrays: readonly NamedArray[]): string => arrays.map(({ name }) => name).join(', ');
  if (names(expected) !== names(received)) return [`expected the arrays ${names(expected)}, received ${names(received)}`];
  return expected.flatMap(({ name, array }, i) => {
    const other = received[i]?.array;
    const sizes = `${array.dtype} [${array.shape.join(', ')}]`;
    const otherSizes = `${other?.dtype} [${other?.shape.join(', ')}]`;
    if (!other || sizes !== otherSizes) return [`${name}: expected ${sizes}, received ${otherSizes}`];
    const [a, b] = [bytesOf(array.data), bytesOf(other.data)];
    if (a.equals(b)) return [];
    const elements = Array.from({ length: array.data.length }, (_, at) => at).filter((at) => !Object.is(array.data[at], other.data[at]));
    const [first = 0] = elements;
    return [`${name}: ${elements.length} of ${array.data.length} elements differ, the first at ${first}: ${array.data[first]} and ${other.data[first]}`];
  });
}

const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer => Buffer.from(buffer, byteOffset, byteLength);

import { bytesPerElement, sizeOf } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import { pathOf, type Hdf5Reader } from './hdf5-reader.js';
import type { Hdf5Writer } from './hdf5-writer.js';
import { CallersError } from './read-file.js';
import type { DeclaredWeight, LayerWeights, NamedArray, ReadOptions } from './weights-file.js';

/** Arrays of one file, all together, beyond which it is neither read nor written: what the library's memory holds. */
export const MAX_BYTES = 2 ** 31 - 2 ** 27;

/** Arrays that a group lists in an attribute, declared but not yet read. */
export interface DeclaredGroup {
  name: string;
  path: string;
  weights: DeclaredWeight[];
}

/** Counts the bytes of what is declared. */
export class Budget {
  #left: number;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  get left(): number {
    return this.#left;
  }

  /** @throws FormatError `too_large` once all together exceed the limit. */
  take({ shape, dtype }: Omit<DeclaredWeight, 'name'>, place: string): void {
    this.#left -= sizeOf(shape) * bytesPerElement(dtype);
    if (!(this.#left >= 0)) throw new FormatError('too_large', place, `expected arrays of at most ${this.#limit} bytes all together, received more: this one has shape [${shape.join(', ')}]`);
  }
}

/** The arrays that `attribute` of a group lists, declared. */
export function declareGroup(file: Hdf5Reader, name: string, path: string, attribute: string, budget: Budget): DeclaredGroup {
  const names = file.list(path, attribute);
  if (!names) throw new FormatError('missing', path.slice(1), `expected the attribute ${attribute}, the group has none`);
  expectDistinct(names, path.slice(1), attribute);
  const weights = names.map((weight) => {
    const place = pathOf(path, weight);
    const declaration = file.declaration(place);
    budget.take(declaration, place.slice(1));
    return { name: weight, ...declaration };
  });
  return { name, path, weights };
}

export function readGroup(file: Hdf5Reader, { path, weights }: DeclaredGroup): NamedArray[] {
  return weights.map(({ name }) => ({ name, array: file.array(pathOf(path, name)) }));
}

/** The layers of a weights group, declared: the file itself, or `model_weights` of a whole model. */
export function declareLayers(file: Hdf5Reader, root: string, budget: Budget): DeclaredGroup[] {
  const names = file.list(root, 'layer_names');
  if (!names) throw new FormatError('not_keras', root.slice(1) || 'the file', 'expected the attribute layer_names, which Keras writes beside weights; the file has none');
  expectDistinct(names, root.slice(1) || 'the file', 'layer_names');
  return names.map((name) => declareGroup(file, name, pathOf(root, name), 'weight_names', budget));
}

function expectDistinct(names: readonly string[], place: string, attribute: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new FormatError('duplicate_name', `${place}@${attribute}`, `expected distinct names, received ${JSON.stringify(name)} twice`);
    seen.add(name);
  }
}

/** Writes a weights group as Keras 2.0.8 does. */
export function writeLayers(file: Hdf5Writer, root: string, layers: readonly LayerWeights[], kerasVersion: string, backend: string): void {
  file.list(
    root,
    'layer_names',
    layers.map(({ layer }) => layer),
  );
  file.text(root, 'backend', backend);
  file.text(root, 'keras_version', kerasVersion);
  for (const { layer, weights } of layers) writeGroup(file, pathOf(root, layer), 'weight_names', weights);
}

export function writeGroup(file: Hdf5Writer, path: string, attribute: string, arrays: readonly NamedArray[]): void {
  file.group(path);
  file.list(
    path,
    attribute,
    arrays.map(({ name }) => name),
  );
  for (const { name, array } of arrays) file.array(pathOf(path, name), array);
}

/**
 * @returns the bytes of all arrays.
 * @throws FormatError `too_large` where they would not fit into the library's memory.
 */
export function expectWritable(arrays: Iterable<NamedArray>): number {
  const budget = new Budget(MAX_BYTES);
  for (const { name, array } of arrays) budget.take(array, name);
  return MAX_BYTES - budget.left;
}

/** Asks the caller whether what is declared is what it expects. */
export function compare(groups: readonly Pick<DeclaredGroup, 'name' | 'weights'>[], expect: NonNullable<ReadOptions['expect']>): void {
  try {
    for (const { name, weights } of groups) expect(name, weights);
  } catch (error) {
    throw new CallersError(error);
  }
}

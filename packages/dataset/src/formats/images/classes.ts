import { isDeepStrictEqual } from 'node:util';
import { ImageOptions, type Fitted, type Source } from '@trainyard/protocol';
import { DataError, listNames } from '../../data-error.js';
import type { ImageRows } from './image-rows.js';

type ClassMode = NonNullable<ImageOptions['class_mode']>;

/**
 * The classes' names in the order of their numbers: those given, else those that are there.
 * @throws DataError for one that is given twice
 */
export function classNames(images: ImageRows, given: readonly string[] | undefined): readonly string[] {
  if (given) {
    const seen = new Set<string>();
    const double = given.find((name) => seen.size === seen.add(name).size);
    if (double !== undefined) throw new DataError('data', `expected each class once, received ${JSON.stringify(double)} twice`, { pointer: '/images/classes' });
    return given;
  }
  return images.sorted([...new Set(images.rows.flatMap(({ label }) => label ?? []))]);
}

/** The number of each row's class. @throws DataError that names the first row whose class has none */
export function classNumbers({ rows, labelPlace }: ImageRows, names: readonly string[]): Int32Array {
  const numbers = new Map(names.map((name, i) => [name, i]));
  return Int32Array.from(rows, ({ label }, row) => {
    if (label === undefined) throw new DataError(labelPlace(row), 'expected the file in a folder of its class, received one beside the folders; move it, or give "images": {"class_mode": null}');
    const number = numbers.get(label);
    if (number === undefined)
      throw new DataError(labelPlace(row), `expected one of the classes ${listNames(names)}, received ${JSON.stringify(label)}; the classes are those of the data that the model is trained on, or those that "images": {"classes"} names`);
    return number;
  });
}

/** @throws DataError where the numbers are not 0 and 1 only */
export function checkBinary(mode: ClassMode, names: readonly string[]): void {
  if (mode === 'binary' && names.length > 2) throw new DataError('data', `expected two classes for class_mode "binary", received ${names.length}: ${listNames(names)}; use "categorical" or "sparse"`, { pointer: '/images/class_mode' });
}

/**
 * A source of images whose classes have the numbers that those of the training data have.
 * @throws DataError where it names others itself
 */
export function withKnownClasses(source: Source, fitted: Fitted | undefined): Source {
  const known = fitted?.classes;
  const images = source.images ?? ImageOptions.parse({});
  if (!known || images.class_mode === null) return source;
  if (images.classes && !isDeepStrictEqual(images.classes, known))
    throw new DataError('data', `expected the classes of the data that the model is trained on, in their order (${listNames(known)}), received ${listNames(images.classes)}; leave "classes" out`, { pointer: '/images/classes' });
  return { ...source, images: { ...images, classes: known } };
}

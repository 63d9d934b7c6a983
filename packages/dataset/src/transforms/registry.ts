import type { Transform } from '@trainyard/protocol';
import { DataError } from '../data-error.js';
import { castTo } from './cast.js';
import { rescale } from './rescale.js';
import { reshape } from './reshape.js';
import { standardize } from './standardize.js';
import { classesToCategorical, toCategorical } from './to-categorical.js';
import type { ColumnTransform } from './transform.js';

export interface NamedTransform {
  /** A column of the source, or an input or output of the model. */
  readonly column: string;
  /** It reads words. */
  readonly ofText: boolean;
  readonly transform: ColumnTransform;
}

/** The transforms of a source, ready to use. @throws DataError with a pointer to the one that is wrong */
export function compileTransforms(transforms: readonly Transform[]): NamedTransform[] {
  return transforms.map((transform, i) => compile(transform, `/transforms/${i}`));
}

function compile(given: Transform, pointer: string): NamedTransform {
  if ('to_categorical' in given) {
    const { column, num_classes: numClasses, classes } = given.to_categorical;
    if (classes) return { column, ofText: true, transform: classesToCategorical(classes, pointer) };
    if (numClasses === undefined) throw new DataError('to_categorical', 'expected num_classes or classes, received neither', { pointer: `${pointer}/to_categorical` });
    return { column, ofText: false, transform: toCategorical(numClasses, pointer) };
  }
  if ('rescale' in given) return numeric(given.rescale.column, rescale(given.rescale.scale, given.rescale.offset, pointer));
  if ('standardize' in given) return numeric(given.standardize.column, standardize(given.standardize.mean, given.standardize.std, pointer));
  if ('cast' in given) return numeric(given.cast.column, castTo(given.cast.dtype, pointer));
  if ('reshape' in given) return numeric(given.reshape.column, reshape(given.reshape.shape, pointer));
  given satisfies never;
  throw new DataError('data', `the transform "${Object.keys(given)[0]}" is not supported yet; expected to_categorical, rescale, standardize, cast or reshape`, { pointer });
}

function numeric(column: string, transform: ColumnTransform): NamedTransform {
  return { column, ofText: false, transform };
}

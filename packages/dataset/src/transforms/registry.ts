import type { Transform } from '@trainyard/protocol';
import { castTo } from './cast.js';
import { fill } from './fill.js';
import { decodeImage } from './images/decode-image.js';
import { imageDataGenerator, isComplete, unfittedImageDataGenerator } from './images/image-data-generator.js';
import { oneHot, unfittedVocabulary, wordNumbers } from './one-hot.js';
import { padSequences, unfittedPadSequences } from './pad-sequences.js';
import { rescale } from './rescale.js';
import { reshape } from './reshape.js';
import { dropRows, readingOf } from './rows/drop-rows.js';
import { split } from './rows/split.js';
import { standardize, unfittedStandardize } from './standardize.js';
import { tokenize, unfittedTokenize } from './text/tokenize.js';
import { classesToCategorical, toCategorical, unfittedCategorical } from './to-categorical.js';
import type { ColumnTransform, Reading, RowFilter, UnfittedTransform } from './transform.js';

export interface NamedTransform {
  /** Its place in the source's list. */
  readonly index: number;
  /** A column of the source, or an input or output of the model. */
  readonly column: string;
  readonly reading: Reading;
  readonly transform: ColumnTransform | UnfittedTransform;
}

export interface NamedFilter {
  readonly index: number;
  /** `undefined` where it looks at no column. */
  readonly column: string | undefined;
  readonly reading: Reading;
  readonly filter: RowFilter;
}

/** What x is made of where the source does not say. */
export interface Selection {
  readonly index: number;
  readonly pointer: string;
  /** `undefined`: those that would be taken. */
  readonly columns: readonly string[] | undefined;
  readonly except: readonly string[];
}

export type CompiledTransform = NamedTransform | NamedFilter | Selection;

/** The transforms of a source, in order, ready to use. @throws DataError with a pointer to the one that is wrong */
export function compileTransforms(transforms: readonly Transform[]): CompiledTransform[] {
  return transforms.map((transform, index) => compile(transform, index, `/transforms/${index}`));
}

function compile(given: Transform, index: number, pointer: string): CompiledTransform {
  const of = (reading: Reading, column: string, transform: NamedTransform['transform']): NamedTransform => ({ index, column, reading, transform });
  if ('to_categorical' in given) {
    const { column, num_classes: numClasses, classes } = given.to_categorical;
    if (classes) return of('words', column, classesToCategorical(classes, pointer));
    return of('numbers', column, numClasses === undefined ? unfittedCategorical(column, pointer) : toCategorical(numClasses, pointer));
  }
  if ('rescale' in given) return of('numbers', given.rescale.column, rescale(given.rescale.scale, given.rescale.offset, pointer));
  if ('standardize' in given) {
    const { column, mean, std } = given.standardize;
    return of('numbers', column, mean === undefined || std === undefined ? unfittedStandardize(column, pointer) : standardize(mean, std, pointer));
  }
  if ('cast' in given) return of('numbers', given.cast.column, castTo(given.cast.dtype, pointer));
  if ('reshape' in given) return of('numbers', given.reshape.column, reshape(given.reshape.shape, pointer));
  if ('fill' in given) return of(typeof given.fill.value === 'string' ? 'words' : 'numbers', given.fill.column, fill(given.fill.value, pointer));
  if ('pad_sequences' in given) {
    const { column, maxlen } = given.pad_sequences;
    return of('numbers', column, maxlen === undefined ? unfittedPadSequences(given.pad_sequences, pointer) : padSequences(given.pad_sequences, maxlen, pointer));
  }
  if ('one_hot' in given) {
    const { column, vocabulary, unknown } = given.one_hot;
    return of('words', column, vocabulary ? oneHot(vocabulary, unknown, pointer) : unfittedVocabulary((fitted) => ({ one_hot: { column, vocabulary: fitted, unknown } }), pointer));
  }
  if ('index' in given) {
    const { column, vocabulary, unknown } = given.index;
    return of('words', column, vocabulary ? wordNumbers(vocabulary, unknown, pointer) : unfittedVocabulary((fitted) => ({ index: { column, vocabulary: fitted, unknown } }), pointer));
  }
  if ('tokenize' in given) {
    const { column, word_index: wordIndex } = given.tokenize;
    return of('words', column, wordIndex ? tokenize(given.tokenize, wordIndex, pointer) : unfittedTokenize(given.tokenize, pointer));
  }
  if ('select' in given) return { index, pointer, columns: given.select.columns, except: given.select.except ?? [] };
  if ('drop_rows' in given) return { index, column: given.drop_rows.column, reading: readingOf(given.drop_rows), filter: dropRows(given.drop_rows, pointer) };
  if ('split' in given) return { index, column: given.split.column, reading: 'either', filter: split(given.split, pointer) };
  if ('decode_image' in given) return of('either', given.decode_image.column, decodeImage(given.decode_image, pointer));
  const generator = given.image_data_generator;
  return of('numbers', generator.column, isComplete(generator) ? imageDataGenerator(generator, index, pointer) : unfittedImageDataGenerator(generator, pointer));
}

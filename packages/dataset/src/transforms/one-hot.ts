import type { Transform, TransformOf } from '@trainyard/protocol';
import { DataError, listNames } from '../data-error.js';
import { numbers, textsOf } from '../columns/column-values.js';
import { textType, type ColumnTransform, type Fitter, type RowContext, type UnfittedTransform } from './transform.js';
import { Vocabulary, wordIndex } from './vocabulary.js';

/** Words to one-hot rows in the vocabulary's order. Blanks around words do not count. */
export function oneHot(vocabulary: readonly string[], unknown: TransformOf<'one_hot'>['unknown'], pointer: string): ColumnTransform {
  const index = wordIndex(vocabulary);
  const width = vocabulary.length;
  return {
    pointer,
    typeAfter: (before, column) => {
      textType(before, column, pointer);
      return { kind: 'numbers', dtype: 'float32', shape: [width], parsed: false };
    },
    apply: (values, _before, context) => {
      const words = textsOf(values);
      const data = new Float32Array(words.length * width);
      for (const [row, given] of words.entries()) {
        const found = index.get(given.trim());
        if (found !== undefined) data[row * width + found] = 1;
        else if (unknown === 'error') throw unknownWord(given, row, vocabulary, context, pointer, 'or give "unknown": "zeros"');
      }
      return numbers({ dtype: 'float32', shape: [words.length, width], data });
    },
  };
}

/** Words to class numbers: from 0 on, or from 1 on where 0 stands for unknown words. */
export function wordNumbers(vocabulary: readonly string[], unknown: TransformOf<'index'>['unknown'], pointer: string): ColumnTransform {
  const index = wordIndex(vocabulary);
  const first = unknown === 'zero' ? 1 : 0;
  return {
    pointer,
    typeAfter: (before, column) => {
      textType(before, column, pointer);
      return { kind: 'numbers', dtype: 'int32', shape: [], parsed: false };
    },
    apply: (values, _before, context) => {
      const words = textsOf(values);
      const numberOf = (given: string, row: number) => {
        const found = index.get(given.trim());
        if (found !== undefined) return found + first;
        if (unknown === 'zero') return 0;
        throw unknownWord(given, row, vocabulary, context, pointer, 'or give "unknown": "zero"');
      };
      return numbers({ dtype: 'int32', shape: [words.length], data: Int32Array.from(words, numberOf) });
    },
  };
}

/** The vocabulary is the words of all rows, sorted. */
export function unfittedVocabulary(complete: (vocabulary: string[]) => Transform, pointer: string): UnfittedTransform {
  return {
    pointer,
    fitter: (before, column): Fitter => {
      textType(before, column, pointer);
      const vocabulary = new Vocabulary();
      return {
        add: (values, { place }) => {
          for (const [row, word] of textsOf(values).entries()) vocabulary.add(word.trim(), () => place(row), pointer);
        },
        result: () => complete(vocabulary.sorted()),
      };
    },
  };
}

function unknownWord(word: string, row: number, vocabulary: readonly string[], { place }: RowContext, pointer: string, remedy: string): DataError {
  return new DataError(place(row), `expected one of the words ${listNames(vocabulary)}, received ${JSON.stringify(word.slice(0, 80))}; leave out such rows, ${remedy}`, { pointer });
}

import { allocate } from '@trainyard/ndarray';
import type { TransformOf } from '@trainyard/protocol';
import { DataError } from '../../data-error.js';
import { numbers, textsOf, type Numbers, type Sequences } from '../../columns/column-values.js';
import { textType, type ColumnTransform, type Fitter, type UnfittedTransform } from '../transform.js';
import { cutter } from './words-of.js';
import { WordCounts } from './word-counts.js';

type Arguments = TransformOf<'tokenize'>;
type WordIndex = NonNullable<Arguments['word_index']>;

const maxRowBytes = 64 * 1024 * 1024;

/** Texts to sequences of word numbers, or to rows of `texts_to_matrix`, as Keras's Tokenizer. */
export function tokenize(given: Arguments, wordIndex: WordIndex, pointer: string): ColumnTransform {
  const numberOf = numbering(given, wordIndex, pointer);
  const cut = cutter(given);
  const sequence = (text: string): number[] => cut(text).flatMap((word) => numberOf(word) ?? []);
  return given.mode === undefined ? toSequences(sequence, pointer) : toMatrix(given, wordIndex, sequence, pointer);
}

/** The words of all rows, numbered by how often they come. */
export function unfittedTokenize(given: Arguments, pointer: string): UnfittedTransform {
  return {
    pointer,
    fitter: (before, column): Fitter => {
      textType(before, column, pointer);
      const counts = new WordCounts();
      const cut = cutter(given);
      return {
        add: (values, { place }) => {
          for (const [row, text] of textsOf(values).entries()) counts.add(cut(text), () => place(row), pointer);
        },
        result: () => {
          if (counts.texts === 0 || counts.ranked(1).words.length === 0) throw new DataError(`column ${JSON.stringify(column)}`, 'expected words to number, received none', { pointer });
          return { tokenize: fittedArguments(given, counts) };
        },
      };
    },
  };
}

/** Without the words that `num_words` leaves out. */
function fittedArguments(given: Arguments, counts: WordCounts): Arguments {
  const first = given.oov_token === undefined ? [] : [given.oov_token];
  const { words, docs } = counts.ranked((given.num_words ?? Infinity) - 1 - first.length);
  const fitted = { ...given, word_index: [...first, ...words] };
  return given.mode === 'tfidf' ? { ...fitted, document_count: counts.texts, index_docs: [...first.map(() => 0), ...docs] } : fitted;
}

function entriesOf(wordIndex: WordIndex): (readonly [string, number])[] {
  return Array.isArray(wordIndex) ? wordIndex.map((word, i) => [word, i + 1] as const) : Object.entries(wordIndex);
}

/** A word's number; `undefined` for words that are left out. */
function numbering({ num_words: numWords = Infinity, oov_token: oovToken }: Arguments, wordIndex: WordIndex, pointer: string): (word: string) => number | undefined {
  const index = new Map(entriesOf(wordIndex));
  const unknown = oovToken === undefined ? undefined : index.get(oovToken);
  if (oovToken !== undefined && unknown === undefined) throw new DataError('tokenize', `expected the oov_token ${JSON.stringify(oovToken)} among the words, received none`, { pointer: `${pointer}/tokenize/word_index` });
  return (word) => {
    const number = index.get(word);
    return number !== undefined && number < numWords ? number : unknown;
  };
}

function toSequences(sequence: (text: string) => number[], pointer: string): ColumnTransform {
  return {
    pointer,
    typeAfter: (before, column) => {
      textType(before, column, pointer);
      return { kind: 'sequences', dtype: 'int32', shape: [], parsed: false };
    },
    apply: (values): Sequences => {
      const sequences = textsOf(values).map(sequence);
      const offsets = new Uint32Array(sequences.length + 1);
      for (const [row, { length }] of sequences.entries()) offsets[row + 1] = (offsets[row] ?? 0) + length;
      const data = allocate('int32', offsets[sequences.length] ?? 0);
      for (const [row, numbers] of sequences.entries()) data.set(numbers, offsets[row]);
      return { kind: 'sequences', dtype: 'int32', shape: [], offsets, data };
    },
  };
}

function toMatrix(given: Arguments, wordIndex: WordIndex, sequence: (text: string) => number[], pointer: string): ColumnTransform {
  const width = given.num_words ?? entriesOf(wordIndex).length + 1;
  if (width * 4 > maxRowBytes) throw new DataError('tokenize', `expected at most ${maxRowBytes / 4} words for a row of "mode": "${given.mode}", received ${width}; give a smaller num_words`, { pointer });
  const weight = weighting(given, pointer);
  return {
    pointer,
    typeAfter: (before, column) => {
      textType(before, column, pointer);
      return { kind: 'numbers', dtype: 'float32', shape: [width], parsed: false };
    },
    apply: (values): Numbers => {
      const all = textsOf(values);
      const data = new Float32Array(all.length * width);
      for (const [row, text] of all.entries()) {
        const words = sequence(text);
        const counts = new Map<number, number>();
        for (const word of words) if (word < width) counts.set(word, (counts.get(word) ?? 0) + 1);
        for (const [word, count] of counts) data[row * width + word] = weight(count, words.length, word);
      }
      return numbers({ dtype: 'float32', shape: [all.length, width], data });
    },
  };
}

/** What a word of a text weighs, by how often it comes there and how long the text is. */
function weighting({ mode, document_count: texts, index_docs: docs }: Arguments, pointer: string): (count: number, length: number, word: number) => number {
  if (mode === 'count') return (count) => count;
  if (mode === 'freq') return (count, length) => count / length;
  if (mode !== 'tfidf') return () => 1;
  if (texts === undefined || docs === undefined) throw new DataError('tokenize', 'expected document_count and index_docs, which the mode "tfidf" needs beside a word_index; or leave them all out, then they are fitted', { pointer });
  return (count, _length, word) => (1 + Math.log(count)) * Math.log(1 + texts / (1 + (docs[word - 1] ?? 0)));
}


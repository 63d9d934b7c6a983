import { Transform, type TransformOf } from '@trainyard/protocol';
import { describe, expect, test } from 'vitest';
import { numbersOf, texts, sequenceAt, type Sequences } from '../../columns/column-values.js';
import { readGolden } from '../../testing/golden.js';
import { compileTransforms } from '../registry.js';
import { isFitted, type ColumnTransform, type RowContext } from '../transform.js';

type Arguments = TransformOf<'tokenize'>;
interface Golden {
  readonly texts: string[];
  readonly unseen: string[];
  readonly cases: { readonly arguments: Partial<Arguments>; readonly words: string[]; readonly sequences: number[][]; readonly matrices?: Record<string, number[][]> }[];
}

const context: RowContext = { place: (row) => `row ${row}`, missing: undefined, random: () => { throw new Error('no'); } };
const text = { kind: 'text' } as const;
const { texts: given, unseen, cases } = await readGolden<Golden>('text.json');

function compiled(more: Partial<Arguments>) {
  const [only] = compileTransforms([Transform.parse({ tokenize: { column: 't', ...more } })]);
  if (!only || !('transform' in only)) throw new Error('expected a transform');
  return only.transform;
}

/** Fitted on the golden texts, two at a time. */
function fitted(more: Partial<Arguments>): { readonly transform: ColumnTransform; readonly learnt: Arguments } {
  const unfitted = compiled(more);
  if (isFitted(unfitted)) throw new Error('expected an unfitted transform');
  const fitter = unfitted.fitter(text, 't');
  for (let at = 0; at < given.length; at += 2) fitter.add(texts(given.slice(at, at + 2)), context);
  const { tokenize: learnt } = fitter.result() as { tokenize: Arguments };
  const transform = compiled(learnt);
  if (!isFitted(transform)) throw new Error('expected a fitted transform');
  return { transform, learnt };
}

const listOf = (values: Sequences) => Array.from({ length: values.offsets.length - 1 }, (_, row) => [...sequenceAt(values, row).data]);

describe('the numbers of words are those of Keras’s Tokenizer', () => {
  test.each(cases)('$arguments', ({ arguments: more, words, sequences }) => {
    const { transform, learnt } = fitted(more);
    expect(learnt.word_index).toEqual(words.slice(0, (more.num_words ?? Infinity) - 1));
    expect(listOf(transform.apply(texts([...given, ...unseen]), text, context) as Sequences)).toEqual(sequences);
  });

  const withMatrices = cases.flatMap(({ arguments: more, matrices = {} }) => Object.entries(matrices).map(([mode, rows]) => ({ more, mode: mode as NonNullable<Arguments['mode']>, rows })));
  test.each(withMatrices)('texts_to_matrix of $more, $mode', ({ more, mode, rows }) => {
    const { transform } = fitted({ ...more, mode });
    const { shape, data } = numbersOf(transform.apply(texts([...given, ...unseen]), text, context) as never);
    expect(shape).toEqual([rows.length, rows[0]!.length]);
    expect(data).toEqual(Float32Array.from(rows.flat()));
  });
});

test('a word_index out of Keras gives the same numbers as the words in their order', () => {
  const [{ words, sequences } = cases[0]!] = cases;
  const transform = compiled({ word_index: Object.fromEntries(words.map((word, i) => [word, i + 1])) });
  expect(listOf((transform as ColumnTransform).apply(texts([...given, ...unseen]), text, context) as Sequences)).toEqual(sequences);
});

test.each([
  [{ word_index: ['a'], mode: 'tfidf' as const }, /expected document_count and index_docs/],
  [{ word_index: ['a'], oov_token: '?' }, /expected the oov_token "\?" among the words/],
])('%j', (more, message) => {
  expect(() => compiled(more)).toThrow(message);
});

test('texts without any word, and more words than can be counted', () => {
  const unfitted = compiled({});
  if (isFitted(unfitted)) throw new Error('expected an unfitted transform');
  const empty = unfitted.fitter(text, 't');
  empty.add(texts(['', '..']), context);
  expect(() => empty.result()).toThrow('column "t": expected words to number, received none');
  const many = unfitted.fitter(text, 't');
  const line = (from: number) => Array.from({ length: 500_000 }, (_, i) => (from + i).toString(36)).join(' ');
  expect(() => {
    for (let i = 0; i < 5; i++) many.add(texts([line(i * 500_000)]), context);
  }).toThrow(/row 0: expected at most 2000000 different words/);
  expect(() => unfitted.fitter({ kind: 'bytes' }, 't')).toThrow('column "t": expected words here, received bytes');
});

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { DType } from '@trainyard/ndarray';
import type { JsonObject } from '@trainyard/keras-format';

import { UsageError } from './usage-error.js';

/** How an input or target is made: `shape` is one row's. */
export type ArraySpec = { readonly shape: readonly number[]; readonly dtype: Extract<DType, 'float32' | 'int32'> } & (
  | { readonly kind: 'uniform' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'one_hot' }
  | { readonly kind: 'integers'; readonly low: number; readonly high: number }
);

/** What every contender is given: bench/cases/*.json, written by bench/peers/make_cases.py. */
export interface Case {
  readonly name: string;
  readonly title: string;
  readonly batch_size: number;
  readonly rows: number;
  readonly inputs: readonly ArraySpec[];
  readonly targets: readonly ArraySpec[];
  readonly compile: { readonly optimizer: string | JsonObject; readonly loss: string; readonly metrics: readonly string[] };
  /** As Keras 2.0.8's `to_json` writes it. */
  readonly model: JsonObject;
}

const folder = path.join(import.meta.dirname, '../cases');

/** In the order of their size. */
const order = ['mlp_binary', 'mlp_multiclass', 'functional_mlp', 'video_td', 'lstm_seq', 'aux_lstm', 'tweets', 'vgg_like', 'vqa'];

/**
 * The named cases, or every one for `all`.
 * @throws UsageError naming the cases that there are.
 */
export async function readCases(names: readonly string[]): Promise<Case[]> {
  const there = (await readdir(folder)).map((file) => path.basename(file, '.json'));
  const known = [...order.filter((name) => there.includes(name)), ...there.filter((name) => !order.includes(name)).sort()];
  const wanted = names.includes('all') ? known : names;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`--case: expected all or some of ${known.join(', ')}, received ${unknown.join(', ')}`);
  return Promise.all(wanted.map(async (name) => JSON.parse(await readFile(path.join(folder, `${name}.json`), 'utf8')) as Case));
}

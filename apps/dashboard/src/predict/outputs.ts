import type { DatasetResource, Json } from '@trainyard/protocol';
import type { JobData } from './input-kind.js';

/** One output of the model for one row. */
export interface Output {
  /** The output's name, where the model has several. */
  readonly name: string | undefined;
  readonly value: Json;
}

/** A prediction of a model with several outputs is an object by their names. */
export function outputsOf(prediction: Json): Output[] {
  if (typeof prediction !== 'object' || prediction === null || Array.isArray(prediction)) return [{ name: undefined, value: prediction }];
  return Object.entries(prediction).map(([name, value]) => ({ name, value }));
}

export interface Ranked {
  readonly index: number;
  readonly label: string;
  readonly probability: number;
}

/** The likeliest classes, first the likeliest; undefined for what is no list of numbers. */
export function topClasses(value: Json, names: readonly string[] | undefined, count: number): Ranked[] | undefined {
  if (!Array.isArray(value) || value.length < 2 || !value.every((item) => typeof item === 'number')) return undefined;
  const numbers = value;
  return numbers
    .map((probability, index) => ({ index, label: names?.length === numbers.length ? (names[index] ?? String(index)) : String(index), probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

/** Whether numbers are probabilities of classes that exclude each other: only then bars of them mean something. */
export const areProbabilities = (value: Json): boolean => Array.isArray(value) && value.every((item) => typeof item === 'number' && item >= 0 && item <= 1.0001) && Math.abs((value as number[]).reduce((sum, item) => sum + item, 0) - 1) < 0.01;

/**
 * The names of the classes in the model's order, as the job's data have them; undefined where only numbers are known. What
 * a transform learns from text is sorted, so a dataset's scan tells the same.
 */
export function classNames(data: JobData | undefined, dataset: DatasetResource | undefined): string[] | undefined {
  if (data === undefined) return undefined;
  const { train } = data;
  const target = typeof train.y === 'string' ? train.y : undefined;
  if (train.images?.classes !== undefined) return [...train.images.classes];
  for (const transform of train.transforms) {
    if ('to_categorical' in transform && transform.to_categorical.column === target && transform.to_categorical.classes !== undefined) return [...transform.to_categorical.classes];
    if ('index' in transform && transform.index.column === target && transform.index.vocabulary !== undefined) return [...transform.index.vocabulary];
    if ('one_hot' in transform && transform.one_hot.column === target && transform.one_hot.vocabulary !== undefined) return [...transform.one_hot.vocabulary];
  }
  const scanned = dataset?.scan?.columns.find(({ name }) => name === target);
  if (scanned?.kind !== 'text' || scanned.classes === null) return undefined;
  return scanned.classes.map(({ value }) => String(value)).sort();
}

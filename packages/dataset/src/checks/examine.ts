import { DataError } from '../data-error.js';
import type { NdArray } from '@trainyard/ndarray';
import type { DatasetArrays } from '../dataset.js';
import type { ValueRules } from './rules-of-plan.js';
import { findOddity, type ValueRule } from './value-rule.js';

/** What is odd about data that can be trained on. */
export interface DataWarning {
  /** The first row that is odd: `files/a.csv, row 17, column "label"`. */
  readonly place: string;
  readonly detail: string;
}

/** Gathers what is odd, each rule of each array once. */
export class Oddities {
  readonly #found = new Map<ValueRule, DataWarning>();

  /** @param place of a row of the array */
  look(rules: readonly ValueRule[], array: NdArray, place: (row: number) => string): void {
    for (const rule of rules) {
      if (this.#found.has(rule)) continue;
      const oddity = findOddity(rule, array);
      if (oddity) this.#found.set(rule, { place: place(oddity.row), detail: oddity.problem });
    }
  }

  get warnings(): DataWarning[] {
    return [...this.#found.values()];
  }
}

/** Whether examining would tell anything of these rows. */
export function hasOddities(rules: ValueRules, { x, y }: DatasetArrays): boolean {
  const odd = (side: readonly (readonly ValueRule[])[], arrays: readonly NdArray[]): boolean => arrays.some((array, i) => (side[i] ?? []).some((rule) => findOddity(rule, array) !== undefined));
  return odd(rules.x, x) || odd(rules.y, y);
}

/** @throws DataError with the place of a value that cannot be used, and what would help */
export function refuseFault(fault: { row: number; problem: string } | undefined, rule: ValueRule, place: (row: number) => string): void {
  if (fault) throw new DataError(place(fault.row), `${fault.problem}${remedyFor(rule)}`);
}

function remedyFor(rule: ValueRule): string {
  switch (rule.kind) {
    case 'integers':
      return '; count from 0, and let the model have as many classes or indices as the data';
    case 'binary':
      return '; name the classes 0 and 1';
    case 'distribution':
      return '; use to_categorical, or sparse_categorical_crossentropy for class numbers';
    case 'signs':
    case 'non_negative':
      return '';
  }
}

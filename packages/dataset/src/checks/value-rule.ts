import { sizeOf, type NdArray } from '@trainyard/ndarray';

/** What the values of an array have to be for the model to learn from them; plain data, so that any thread can check by it. */
export type ValueRule =
  /** Whole numbers from 0 to `below` - 1: of an Embedding's input, or classes of a sparse loss. `by` names the layer. */
  | { readonly kind: 'integers'; readonly below: number; readonly by: string }
  /** Numbers from 0 to 1, and in earnest 0 or 1: of binary_crossentropy. */
  | { readonly kind: 'binary'; readonly by: string }
  /** Numbers from 0 to 1 whose sum over the last axis is 1: of categorical_crossentropy. */
  | { readonly kind: 'distribution'; readonly by: string }
  /** -1 or 1: of the hinge losses, which Keras 2.0 computes from 0 and 1 as they are. */
  | { readonly kind: 'signs'; readonly by: string }
  /** From 0 on: of losses that take logarithms of targets. */
  | { readonly kind: 'non_negative'; readonly by: string };

/** The first row that breaks a rule, and how. */
export interface ValueFault {
  readonly row: number;
  readonly problem: string;
}

/** How far the sum of a row of probabilities may be from 1: float32 sums of a thousand classes are within 1e-5. */
const sumTolerance = 1e-3;

/** The first value that no training can use. */
export function findFault(rule: ValueRule, array: NdArray): ValueFault | undefined {
  switch (rule.kind) {
    case 'integers':
      return findValue(array, (value) => !(value >= 0 && value < rule.below && Number.isInteger(value)), `expected whole numbers from 0 to ${rule.below - 1} for ${rule.by}`);
    case 'binary':
      return findValue(array, outsideUnit, `expected 0 or 1 for ${rule.by}`);
    case 'distribution':
      return findValue(array, outsideUnit, `expected one-hot rows for ${rule.by}, numbers from 0 to 1`);
    case 'signs':
    case 'non_negative':
      return undefined;
  }
}

/** The first value that can be trained on, and is hardly what was meant. */
export function findOddity(rule: ValueRule, array: NdArray): ValueFault | undefined {
  switch (rule.kind) {
    case 'integers':
      return undefined;
    case 'binary':
      // Of a classifier with one output; whole pictures of numbers between 0 and 1 are what autoencoders learn.
      return sizeOf(array.shape.slice(1)) === 1 ? findValue(array, (value) => value !== 0 && value !== 1, `${rule.by} is meant for 0 and 1`) : undefined;
    case 'distribution':
      return findSum(array, rule.by);
    case 'signs':
      return findValue(array, (value) => value !== -1 && value !== 1, `${rule.by} is meant for -1 and 1`);
    case 'non_negative':
      return findValue(array, (value) => value < 0, `${rule.by} is meant for numbers from 0 on`);
  }
}

const outsideUnit = (value: number): boolean => !(value >= 0 && value <= 1);

function findValue({ data, shape }: NdArray, wrong: (value: number) => boolean, expected: string): ValueFault | undefined {
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (wrong(value)) return { row: Math.floor(i / sizeOf(shape.slice(1))), problem: `${expected}, received ${value}` };
  }
  return undefined;
}

function findSum({ data, shape }: NdArray, by: string): ValueFault | undefined {
  const width = shape.at(-1) ?? 1;
  for (let start = 0; start < data.length; start += width) {
    let sum = 0;
    for (let i = start; i < start + width; i++) sum += Number(data[i]);
    if (Math.abs(sum - 1) > sumTolerance) return { row: Math.floor(start / sizeOf(shape.slice(1))), problem: `${by} is meant for rows whose sum is 1, received one of ${Number(sum.toPrecision(6))}` };
  }
  return undefined;
}

export type Values = (number | null | undefined)[];

/**
 * An exponential moving average, corrected for its beginning at nothing (as TensorBoard smooths): the weight of the value
 * before is `weight`, from 0 (as it is) to just below 1. Gaps stay gaps.
 */
export function smooth(values: Readonly<Values>, weight: number): Values {
  let sum = 0;
  let norm = 1;
  return values.map((value) => {
    if (value === null || value === undefined) return value;
    sum = sum * weight + (1 - weight) * value;
    norm *= weight;
    return sum / (1 - norm);
  });
}

/** On a logarithmic scale there is no place for 0 and below. */
export const positive = (values: Readonly<Values>): Values => values.map((value) => (typeof value === 'number' && value <= 0 ? null : value));

import type { ConfigReader } from '../config/config-reader.js';

/** How much is added or cut before and after the positions of an axis. */
export type Margin = readonly [before: number, after: number];

/**
 * The margins of each spatial axis: one integer for all; for a single axis a pair [before, after]; for more one integer or
 * one pair an axis.
 */
export function readMargins(config: ConfigReader, name: string, axes: number, otherwise: number): Margin[] {
  const value = config.raw(name) ?? otherwise;
  const expected = axes === 1 ? 'an integer of at least 0 or a pair of them' : `an integer of at least 0, or ${axes} of them or of pairs of them`;
  const margins = axes === 1 ? [toMargin(value)] : Array.isArray(value) && value.length === axes ? value.map(toMargin) : Array.from({ length: axes }, () => (typeof value === 'number' ? toMargin(value) : undefined));
  if (!margins.every((margin) => margin !== undefined)) throw config.refuse(name, expected);
  return margins;
}

function toMargin(value: unknown): Margin | undefined {
  const [before, after, ...more] = Array.isArray(value) ? (value as unknown[]) : [value, value];
  if (!isCount(before) || !isCount(after) || more.length > 0) return undefined;
  return [before, after];
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

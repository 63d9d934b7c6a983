import type { ColumnScan, Json } from '@trainyard/protocol';

/** A picture among the first rows of a scan, as colours that CSS takes, line by line. */
export type Pixels = readonly (readonly string[])[];

/** Larger ones are none of the arrays that a scan shows. */
const mostOnASide = 64;

/** The picture that a column's value is: an array of one or three channels, the channels last or first; undefined for what is none. */
export function pixelsOf(value: Json, { kind, shape, numbers }: Pick<ColumnScan, 'kind' | 'shape' | 'numbers'>): Pixels | undefined {
  if (kind !== 'numbers' || shape === null || shape.length < 2 || shape.length > 3 || !Array.isArray(value)) return undefined;
  const channelsFirst = shape.length === 3 && (shape[0] === 1 || shape[0] === 3) && (shape[2] ?? 0) > 3;
  const [height = 0, width = 0, channels = 1] = channelsFirst ? [shape[1], shape[2], shape[0]] : shape;
  if ((channels !== 1 && channels !== 3) || height < 4 || width < 4 || height > mostOnASide || width > mostOnASide) return undefined;
  const white = Number(numbers?.max?.value ?? 255) || 1;
  const black = Math.min(0, Number(numbers?.min?.value ?? 0) || 0);
  const level = (y: number, x: number, channel: number): number => {
    const number = Number(shape.length === 2 ? at(value, y, x) : channelsFirst ? at(value, channel, y, x) : at(value, y, x, channel));
    return Math.round(Math.max(0, Math.min(1, (number - black) / (white - black))) * 255);
  };
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => `rgb(${[0, 1, 2].map((channel) => level(y, x, channels === 3 ? channel : 0)).join(' ')})`));
}

const at = (value: Json, ...indices: number[]): Json => indices.reduce<Json>((inner, index) => (Array.isArray(inner) ? (inner[index] ?? null) : null), value);

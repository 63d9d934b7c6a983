import { viewBytes } from '@trainyard/ndarray';
import type { ByteArray } from '../http/ask-predictor.js';
import type { Prediction } from './predict-from.js';

/** How two answers differ. */
export interface Difference {
  /** Whether by more than rounding does, or in shape. */
  readonly differs: boolean;
  /** Of two numbers; null where none can be compared. */
  readonly largest: number | null;
}

/** What one model's outputs differ by on another make of processor, absolute and relative. */
const tolerance = 1e-5;

/** Compares predictions, number by number. */
export function compareAnswers(one: Prediction, other: Prediction): Difference {
  const found = { differs: false, largest: null as number | null };
  if (one.kind === 'json' && other.kind === 'json') compareValues(one.body, other.body, found);
  else if (one.kind === 'arrays' && other.kind === 'arrays') compareArrays(one.arrays, other.arrays, found);
  else found.differs = true;
  return found;
}

type Found = { -readonly [K in keyof Difference]: Difference[K] };

function compareArrays(one: readonly ByteArray[], other: readonly ByteArray[], found: Found): void {
  const same = one.length === other.length && one.every(({ name, dtype, shape }, i) => name === other[i]?.name && dtype === other[i].dtype && shape.join() === other[i].shape.join());
  if (!same) return void (found.differs = true);
  one.forEach(({ dtype, bytes }, i) => {
    const [x, y] = [viewBytes(dtype, bytes), viewBytes(dtype, other[i]?.bytes ?? bytes)];
    for (let at = 0; at < x.length; at++) compareNumbers(Number(x[at]), Number(y[at]), found);
  });
}

/** Nested lists and objects of numbers; what is none is text, as `"NaN"`. */
function compareValues(one: unknown, other: unknown, found: Found): void {
  if (typeof one === 'object' && typeof other === 'object' && one !== null && other !== null) {
    const [keys, others] = [Object.keys(one), Object.keys(other)];
    if (Array.isArray(one) !== Array.isArray(other) || keys.length !== others.length) found.differs = true;
    else for (const key of keys) compareValues((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], found);
  } else if (typeof one === 'object' || typeof other === 'object') found.differs = true;
  else compareNumbers(Number(one), Number(other), found);
}

function compareNumbers(one: number, other: number, found: Found): void {
  if (Object.is(one, other)) return void (found.largest ??= 0);
  const distance = Math.abs(one - other);
  if (Number.isFinite(distance)) found.largest = Math.max(found.largest ?? 0, distance);
  if (!(distance <= tolerance + tolerance * Math.abs(one))) found.differs = true;
}

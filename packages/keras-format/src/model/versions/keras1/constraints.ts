import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';
import type { Place } from './translation.js';

/** Each class with Keras 2's names of its arguments. */
const CLASSES: ReadonlyMap<string, { className: string; fields: Readonly<Record<string, string>> }> = new Map([
  ['MaxNorm', { className: 'MaxNorm', fields: { m: 'max_value' } }],
  ['NonNeg', { className: 'NonNeg', fields: {} }],
  ['UnitNorm', { className: 'UnitNorm', fields: {} }],
  ['MinMaxNorm', { className: 'MinMaxNorm', fields: { low: 'min_value', high: 'max_value', rate: 'rate' } }],
]);
/** Names that stand for a class with its default arguments. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['maxnorm', 'MaxNorm'],
  ['nonneg', 'NonNeg'],
  ['unitnorm', 'UnitNorm'],
]);

/**
 * `{name: "MaxNorm", m, axis}` as Keras 2 writes it.
 * @param axes where each axis of Keras 1's weight is in Keras 2's: -1 where it is gone.
 * @throws FormatError for what Keras 1 does not have.
 */
export function constraintOf({ value, pointer }: Place, axes?: readonly number[]): Json {
  if (value === null) return null;
  const source: Json | undefined = typeof value === 'string' ? { name: ALIASES.get(value) ?? value } : value;
  const name = isJsonObject(source) ? source['name'] : undefined;
  if (!isJsonObject(source) || typeof name !== 'string') throw new FormatError('invalid_config', pointer, `expected null or a constraint with its name, received ${quote(value)}`);
  const known = CLASSES.get(name);
  if (!known) throw new FormatError('unknown_constraint', at(pointer, 'name'), `unknown constraint ${quote(name)}; Keras 1 has ${[...CLASSES.keys()].join(', ')}`);
  const config: JsonObject = {};
  for (const [from, to] of Object.entries(known.fields)) if (source[from] !== undefined) config[to] = source[from];
  // The default axis is 0, of Keras 1's weight as of Keras 2's.
  const axis = source['axis'] ?? 0;
  if (name !== 'NonNeg' && (axes !== undefined || source['axis'] !== undefined)) config['axis'] = axes ? moved(axis, axes, at(pointer, 'axis')) : axis;
  return { class_name: known.className, config };
}

function moved(axis: Json, axes: readonly number[], pointer: string): Json {
  const list = Array.isArray(axis) ? axis : [axis];
  const places = list.map((one) => {
    const place = typeof one === 'number' ? axes.at(one) : undefined;
    if (place === undefined) throw new FormatError('invalid_config', pointer, `expected axes of a weight of ${axes.length} dimensions, received ${quote(axis)}`);
    return place;
  });
  const kept = places.filter((place) => place >= 0).sort((a, b) => a - b);
  return Array.isArray(axis) || kept.length !== 1 ? kept : (kept[0] as number);
}

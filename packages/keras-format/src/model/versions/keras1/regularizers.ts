import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json } from '../../../json.js';
import type { Place } from './translation.js';

/** Names of the one class: with its own, those of Keras 1.0 and 1.1. */
const CLASSES = new Set(['L1L2Regularizer', 'WeightRegularizer', 'ActivityRegularizer']);
/** Names of functions, with the factors that they take where none is given. */
const FUNCTIONS: ReadonlyMap<string, { l1: number; l2: number }> = new Map([
  ['l1', { l1: 0.01, l2: 0 }],
  ['l2', { l1: 0, l2: 0.01 }],
  ['l1l2', { l1: 0.01, l2: 0.01 }],
  ['activity_l1', { l1: 0.01, l2: 0 }],
  ['activity_l2', { l1: 0, l2: 0.01 }],
  ['activity_l1l2', { l1: 0.01, l2: 0.01 }],
]);

/** `{name: "L1L2Regularizer", l1, l2}` as Keras 2 writes it. @throws FormatError for any other regularizer. */
export function regularizerOf({ value, pointer }: Place): Json {
  if (value === null) return null;
  const factors = typeof value === 'string' ? FUNCTIONS.get(value) : undefined;
  if (factors) return penalty(factors.l1, factors.l2);
  if (!isJsonObject(value) || typeof value['name'] !== 'string')
    throw new FormatError('invalid_config', pointer, `expected null, a regularizer with name, l1 and l2, or one of ${[...FUNCTIONS.keys()].join(', ')}, received ${quote(value)}`);
  if (!CLASSES.has(value['name']))
    throw new FormatError('unknown_regularizer', at(pointer, 'name'), `expected L1L2Regularizer, the one that later Keras has too, received ${quote(value['name'])}`);
  return penalty(factorOf(value['l1'], at(pointer, 'l1')), factorOf(value['l2'], at(pointer, 'l2')));
}

function penalty(l1: number, l2: number): Json {
  return { class_name: 'L1L2', config: { l1, l2 } };
}

function factorOf(value: Json | undefined, pointer: string): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number') throw new FormatError('invalid_config', pointer, `expected a number, received ${quote(value)}`);
  return value;
}

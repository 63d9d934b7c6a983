import { TfAttrType } from './binding-constants.js';

/** An attribute as tfjs's kernels write it (TFEOpAttr). */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Where attributes go: an eager op or an operation of a graph. The C API has the same setters for both. */
export interface AttributeSink {
  string(name: string, value: Uint8Array): void;
  int(name: string, value: number): void;
  ints(name: string, values: BigInt64Array): void;
  float(name: string, value: number): void;
  floats(name: string, values: Float32Array): void;
  bool(name: string, value: boolean): void;
  bools(name: string, values: Uint8Array): void;
  type(name: string, value: number): void;
  types(name: string, values: Int32Array): void;
  shape(name: string, dims: BigInt64Array): void;
}

/**
 * Sets an attribute of an op.
 * @throws TypeError naming the op and the attribute, when the value is not of the attribute's type.
 */
export function setAttribute(sink: AttributeSink, op: string, { name, type, value }: OpAttribute): void {
  const list = Array.isArray(value);
  const number = (): number => expectValue(typeof value === 'number', op, name, 'a number', value);
  const numbers = (): number[] => expectValue(list && value.every((item) => typeof item === 'number'), op, name, 'numbers', value);
  switch (type) {
    case TfAttrType.STRING:
      return sink.string(name, new TextEncoder().encode(expectValue<string>(typeof value === 'string', op, name, 'a string', value)));
    case TfAttrType.INT:
      return list ? sink.ints(name, BigInt64Array.from(numbers(), BigInt)) : sink.int(name, number());
    case TfAttrType.FLOAT:
      return list ? sink.floats(name, Float32Array.from(numbers())) : sink.float(name, number());
    case TfAttrType.BOOL:
      return list ? sink.bools(name, Uint8Array.from(value, Number)) : sink.bool(name, Boolean(value));
    case TfAttrType.TYPE:
      return list ? sink.types(name, Int32Array.from(numbers())) : sink.type(name, number());
    case TfAttrType.SHAPE:
      return sink.shape(name, BigInt64Array.from(numbers(), BigInt));
    default:
      throw new TypeError(`${op}: the attribute ${name} has the type ${type}, which is not supported`);
  }
}

function expectValue<T>(holds: boolean, op: string, name: string, expected: string, received: unknown): T {
  if (!holds) throw new TypeError(`${op}: expected ${expected} as the attribute ${name}, received ${JSON.stringify(received)}`);
  return received as T;
}

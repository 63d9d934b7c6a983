import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { int64Values } from './varints.js';

/**
 * tf.train.Example, as TensorFlow's example.proto and feature.proto define it:
 * Example { Features features = 1 }, Features { map<string, Feature> feature = 1 }, Feature { oneof BytesList = 1, FloatList = 2,
 * Int64List = 3 }, and each list { repeated value = 1 }, packed or not.
 */
export type Feature =
  | { readonly kind: 'bytes'; readonly values: readonly Uint8Array[] }
  | { readonly kind: 'float32'; readonly values: Float32Array }
  | { readonly kind: 'int64'; readonly values: BigInt64Array }
  /** Nothing is set, as where a feature is there by its name alone. */
  | { readonly kind: 'none' };

const textOfName = new TextDecoder();

/**
 * The features of an Example, those of `wanted` where it is given. Where a name comes twice the last one counts, as protobuf has it.
 * @throws Error where the bytes are no Example
 */
export function parseExample(bytes: Uint8Array, wanted?: ReadonlySet<string>): Map<string, Feature> {
  const features = new Map<string, Feature>();
  eachField(bytes, (number, value) => {
    if (number === 1) eachField(value, (inner, entry) => inner === 1 && readEntry(entry, wanted, features));
  });
  return features;
}

function readEntry(entry: Uint8Array, wanted: ReadonlySet<string> | undefined, features: Map<string, Feature>): void {
  let name = '';
  let feature: Uint8Array | undefined;
  eachField(entry, (number, value) => {
    if (number === 1) name = textOfName.decode(value);
    if (number === 2) feature = value;
  });
  if (wanted === undefined || wanted.has(name)) features.set(name, feature ? readFeature(feature) : { kind: 'none' });
}

function readFeature(bytes: Uint8Array): Feature {
  let feature: Feature = { kind: 'none' };
  eachField(bytes, (number, value) => {
    if (number === 1) feature = { kind: 'bytes', values: valuesOf(value) };
    if (number === 2) feature = { kind: 'float32', values: floatValues(value) };
    if (number === 3) feature = { kind: 'int64', values: int64Values(value) };
  });
  return feature;
}

function valuesOf(list: Uint8Array): Uint8Array[] {
  const values: Uint8Array[] = [];
  eachField(list, (number, value) => number === 1 && values.push(value));
  return values;
}

function floatValues(list: Uint8Array): Float32Array {
  const reader = new BinaryReader(list);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1 && type === WireType.LengthDelimited) parts.push(reader.bytes());
    else if (number === 1 && type === WireType.Bit32) parts.push(reader.skip(type, number));
    else reader.skip(type, number);
  }
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes % 4 !== 0) throw new RangeError(`expected floats of 4 bytes, received ${bytes} bytes`);
  const out = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return new Float32Array(out.buffer);
}

/** Calls `use` with each field that has a length, and passes over the others. */
function eachField(bytes: Uint8Array, use: (number: number, value: Uint8Array) => unknown): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.LengthDelimited) use(number, reader.bytes());
    else reader.skip(type, number);
  }
}

import { isMap, isScalar, isSeq, Scalar, visit, type CollectionTag, type Document, type ScalarTag, type YAMLMap, type YAMLSeq } from 'yaml';

/**
 * PyYAML writes numpy's numbers, such as the `input_dim` of a Dense behind a Flatten in Keras 1, as calls of two functions
 * of numpy. They are read here as the numbers that they are: a dtype and its bytes. Nothing else may carry these tags.
 */
const PREFIX = 'tag:yaml.org,2002:python/object/apply:';
const DTYPE = `${PREFIX}numpy.dtype`;
const BINARY = 'tag:yaml.org,2002:binary';

const READERS: Readonly<Record<string, (bytes: DataView) => number>> = {
  i1: (bytes) => bytes.getInt8(0),
  i2: (bytes) => bytes.getInt16(0, true),
  i4: (bytes) => bytes.getInt32(0, true),
  i8: (bytes) => Number(bytes.getBigInt64(0, true)),
  f4: (bytes) => bytes.getFloat32(0, true),
  f8: (bytes) => bytes.getFloat64(0, true),
};

/** Before and after numpy 2. */
const SCALARS = ['numpy.core.multiarray.scalar', 'numpy._core.multiarray.scalar'].map(
  (name): CollectionTag => ({
    tag: PREFIX + name,
    collection: 'seq',
    resolve: (sequence, onError) => {
      const value = isSeq(sequence) ? scalarOf(sequence) : undefined;
      if (value === undefined) onError('expected a number of numpy: its dtype and its bytes, little-endian');
      return new Scalar(value ?? null);
    },
  }),
);
const dtype: CollectionTag = { tag: DTYPE, collection: 'map', resolve: (map) => map };
const binary: ScalarTag = { tag: BINARY, resolve: (text) => text };

export const numpyTags: readonly (CollectionTag | ScalarTag)[] = [...SCALARS, dtype, binary];

/** @throws Error where a dtype or bytes stand for themselves, outside a number. */
export function refuseLooseNumpy(document: Document): void {
  visit(document, (_key, node) => {
    if ((isMap(node) || isScalar(node)) && (node.tag === DTYPE || node.tag === BINARY)) throw new Error(`Unresolved tag: ${node.tag}`);
  });
}

function scalarOf({ items: [type, bytes, ...more] }: YAMLSeq): number | undefined {
  if (!isMap(type) || type.tag !== DTYPE || !isScalar(bytes) || bytes.tag !== BINARY || typeof bytes.value !== 'string' || more.length > 0) return undefined;
  const name = firstOf(type, 'args', 0);
  const order = firstOf(type, 'state', 1);
  const read = typeof name === 'string' && Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  const data = Buffer.from(bytes.value, 'base64');
  if (!read || (order !== '<' && order !== '|') || data.length !== Number(String(name).slice(1))) return undefined;
  return read(new DataView(data.buffer, data.byteOffset, data.length));
}

function firstOf(map: YAMLMap, key: string, index: number): unknown {
  const list = map.get(key, true) as unknown;
  const item = isSeq(list) ? list.items[index] : undefined;
  return isScalar(item) ? item.value : undefined;
}

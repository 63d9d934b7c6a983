/** The element types that cross the project: TensorFlow's, by the names that numpy and Keras use. */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool';

/** What holds the elements of each dtype. `bool` is one byte an element, 0 or 1; `int64` is exact. */
export interface TypedArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}
export type TypedArray = TypedArrayOf[DType];

const BYTES: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4, int64: 8, uint8: 1, bool: 1 };

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return BYTES[dtype];
}

/** A zeroed typed array of `length` elements. */
export function allocate<T extends DType>(dtype: T, length: number): TypedArrayOf[T];
export function allocate(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(length);
    default:
      return dtype satisfies never;
  }
}

/** A typed view of `bytes` without a copy where alignment allows it, with one where it does not. */
export function viewBytes(dtype: DType, bytes: Uint8Array): TypedArray {
  const size = BYTES[dtype];
  // Not `slice()`: a Buffer's gives a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const length = Math.floor(aligned.byteLength / size);
  const { buffer, byteOffset } = aligned;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, length);
    default:
      return dtype satisfies never;
  }
}

/** The bytes of an array's elements, in the order of this machine, without a copy: the other way of `viewBytes`. */
export function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array<ArrayBufferLike> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

import { sizeOf } from '@trainyard/ndarray';

import { TfDType } from '../tensors/dtypes.js';

/** What tfjs keeps of a tensor before it is on a device. */
export type HostValues = Float32Array | Int32Array | Uint8Array | Uint8Array[] | readonly (number | boolean | string)[];

/** tfjs's names of its dtypes, which kernels use beside TensorFlow's numbers. */
const byName: Readonly<Record<string, number>> = {
  float32: TfDType.FLOAT,
  int32: TfDType.INT32,
  bool: TfDType.BOOL,
  complex64: TfDType.COMPLEX64,
  string: TfDType.STRING,
};

/**
 * TensorFlow's number of a dtype, by either name.
 * @throws TypeError for one that tfjs has no tensors of.
 */
export function tfDTypeOfTfjs(dtype: number | string): number {
  const number = typeof dtype === 'number' ? dtype : byName[dtype];
  if (number === undefined) throw new TypeError(`expected one of tfjs's dtypes (${Object.keys(byName).join(', ')}), received ${dtype}`);
  return number;
}

/**
 * The bytes of a tensor of numbers or booleans, in TensorFlow's layout. tfjs's int64 (a scalar that its summary ops use)
 * comes as pairs of 32-bit words, complex64 as pairs of floats.
 * @throws TypeError or RangeError when the values cannot be a tensor of that dtype and shape.
 */
export function hostBytes(tfDType: number, shape: readonly number[], values: HostValues): ArrayBufferView {
  const words = tfDType === TfDType.INT64 || tfDType === TfDType.COMPLEX64 ? 2 : 1;
  const array = typedArray(tfDType, values);
  if (array.length !== sizeOf(shape) * words)
    throw new RangeError(`a tensor of shape [${shape.join(', ')}] holds ${sizeOf(shape) * words} numbers, received ${array.length}`);
  return array;
}

function typedArray(tfDType: number, values: HostValues): Float32Array | Int32Array | Uint8Array {
  // Plain arrays and other types of arrays come from user code such as `tf.tensor([true])`; tfjs leaves them as they are.
  const numbers = values as ArrayLike<number>;
  switch (tfDType) {
    case TfDType.FLOAT:
    case TfDType.COMPLEX64:
      return values instanceof Float32Array ? values : Float32Array.from(numbers);
    case TfDType.INT32:
    case TfDType.INT64:
      return values instanceof Int32Array ? values : Int32Array.from(numbers);
    case TfDType.BOOL:
    case TfDType.UINT8:
      return values instanceof Uint8Array ? values : Uint8Array.from(numbers);
    default:
      throw new TypeError(`cannot make a tensor of TensorFlow's dtype ${tfDType} from values`);
  }
}

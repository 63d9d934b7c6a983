import { sizeOf, type DType, type NdArray } from '@trainyard/ndarray';

/**
 * @param place Whose array it is: begins the message.
 * @throws RangeError when the array is not exactly of that dtype and shape.
 */
export function checkArray(place: string, expected: { readonly dtype: DType; readonly shape: readonly number[] }, received: NdArray | undefined): NdArray {
  if (!received) throw new RangeError(`${place}: expected ${describe(expected)}, received nothing`);
  if (received.dtype !== expected.dtype || !sameShape(received.shape, expected.shape))
    throw new RangeError(`${place}: expected ${describe(expected)}, received ${describe(received)}`);
  if (received.data.length !== sizeOf(expected.shape))
    throw new RangeError(`${place}: expected ${sizeOf(expected.shape)} elements for ${describe(expected)}, received ${received.data.length}`);
  return received;
}

/** Element by element: shapes are compared for every feed of every run. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

function describe({ dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }): string {
  return `${dtype} of shape [${shape.join(', ')}]`;
}

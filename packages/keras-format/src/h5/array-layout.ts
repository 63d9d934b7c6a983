import { allocate, sizeOf, type NdArray } from '@trainyard/ndarray';

/** numpy's transpose: axis i of the result is axis `order[i]` of the array. */
export function transpose({ dtype, shape, data }: NdArray, order: readonly number[]): NdArray {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const newShape = order.map((axis) => shape[axis] ?? 1);
  const newStrides = order.map((axis) => strides[axis] ?? 1);
  const result = allocate(dtype, sizeOf(shape));
  const index = newShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as never;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      from += newStrides[axis] ?? 0;
      index[axis] = next;
      if (next < (newShape[axis] ?? 1)) break;
      from -= next * (newStrides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return { dtype, shape: newShape, data: result };
}

/** Arrays of equal shape but for the last axis, one behind the other along it. */
export function concatLast(arrays: readonly NdArray[]): NdArray {
  const first = arrays[0] as NdArray;
  const widths = arrays.map(({ shape }) => shape.at(-1) ?? 1);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const rows = sizeOf(first.shape.slice(0, -1));
  const data = allocate(first.dtype, rows * width);
  let column = 0;
  arrays.forEach((array, i) => {
    const own = widths[i] ?? 0;
    for (let row = 0; row < rows; row++) data.set(array.data.subarray(row * own, (row + 1) * own) as never, row * width + column);
    column += own;
  });
  return { dtype: first.dtype, shape: [...first.shape.slice(0, -1), width], data };
}

/** A convolution's kernel [...size, a, b] with every axis of `size` reversed: what Theano convolves with, TensorFlow correlates with reversed. */
export function flipKernel({ dtype, shape, data }: NdArray): NdArray {
  const inner = sizeOf(shape.slice(-2));
  const places = sizeOf(shape.slice(0, -2));
  const result = allocate(dtype, data.length);
  // Reversing all leading axes at once is reversing their places in C order.
  for (let place = 0; place < places; place++) result.set(data.subarray(place * inner, (place + 1) * inner) as never, (places - 1 - place) * inner);
  return { dtype, shape, data: result };
}

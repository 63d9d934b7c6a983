export { allocate, bytesPerElement, viewBytes, type DType, type TypedArray, type TypedArrayOf } from './dtype.js';
export { cast, concatRows, gatherRows, ndarray, sizeOf, sliceRows, type NdArray } from './ndarray.js';

export { allocate, bytesPerElement, viewBytes, type DType, type TypedArray, type TypedArrayOf } from './dtype.js';
export { cast, concatRows, gatherRows, ndarray, sizeOf, sliceRows, type NdArray } from './ndarray.js';
export { readElements, type ElementLayout } from './npy/descr.js';
export { NpyError } from './npy/npy-error.js';
export { NPY_PREFIX_BYTES, npyHeaderBytes, parseNpyHeader, type NpyHeader } from './npy/npy-header.js';
export { decodeNpy, encodeNpy } from './npy/npy.js';
export { decodeNpz, encodeNpz, type DecodeNpzOptions } from './npy/npz.js';

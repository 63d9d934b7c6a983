import type { DType } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import type { Hdf5, Hdf5Metadata } from './hdf5.js';

/** HDF5's type classes (H5Tpublic.h). */
const INTEGER = 0;
const FLOAT = 1;
const ENUM = 8;
const CLASS_NAMES = ['integers', 'floats', 'times', 'text', 'bit fields', 'opaque data', 'records', 'references', 'an enumeration', 'lists of varying length', 'nested arrays'];

/** @throws FormatError `wrong_dtype` naming the element type that is not read. */
export function dtypeOf(metadata: Hdf5Metadata, place: string): DType {
  const { type, size, signed } = metadata;
  if (type === FLOAT && size === 4) return 'float32';
  if (type === FLOAT && size === 8) return 'float64';
  if (type === INTEGER && size === 4 && signed) return 'int32';
  if (type === INTEGER && size === 8 && signed) return 'int64';
  if (type === INTEGER && size === 1 && !signed) return 'uint8';
  if (type === ENUM && size === 1 && isBoolean(metadata)) return 'bool'; // as h5py stores numpy's bool
  const bits = type === INTEGER || type === FLOAT ? ` of ${size * 8} bits${type === INTEGER ? (signed ? ', signed' : ', unsigned') : ''}` : '';
  throw new FormatError('wrong_dtype', place, `expected float32, float64, int32, int64, uint8 or bool, received ${CLASS_NAMES[type] ?? 'an unknown type'}${bits}`);
}

function isBoolean({ enum_type: enumeration }: Hdf5Metadata): boolean {
  return enumeration?.nmembers === 2 && enumeration.members['FALSE'] === 0 && enumeration.members['TRUE'] === 1;
}

/** What the library needs to create an array or attribute of `shape`. */
export type CreateMetadata = Parameters<Hdf5['create_dataset']>[3];

/** @throws FormatError for bool, which the library cannot write as h5py does. */
export function numberType(dtype: DType, place: string): { type: number; size: number; signed: boolean } {
  switch (dtype) {
    case 'float32':
      return { type: FLOAT, size: 4, signed: false };
    case 'float64':
      return { type: FLOAT, size: 8, signed: false };
    case 'int32':
      return { type: INTEGER, size: 4, signed: true };
    case 'int64':
      return { type: INTEGER, size: 8, signed: true };
    case 'uint8':
      return { type: INTEGER, size: 1, signed: false };
    case 'bool':
      throw new FormatError('wrong_dtype', place, 'expected float32, float64, int32, int64 or uint8, received bool; cast it to uint8');
    default:
      return dtype satisfies never;
  }
}

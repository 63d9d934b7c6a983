import type { DType } from '@trainyard/ndarray';

/** TF_DataType (tf_datatype.h), as far as this package meets it. */
export const TfDType = {
  FLOAT: 1,
  DOUBLE: 2,
  INT32: 3,
  UINT8: 4,
  STRING: 7,
  COMPLEX64: 8,
  INT64: 9,
  BOOL: 10,
  RESOURCE: 20,
  VARIANT: 21,
} as const;

/** TensorFlow's number for a dtype of ours. */
export const tfDTypeOf: Readonly<Record<DType, number>> = {
  float32: TfDType.FLOAT,
  float64: TfDType.DOUBLE,
  int32: TfDType.INT32,
  int64: TfDType.INT64,
  uint8: TfDType.UINT8,
  bool: TfDType.BOOL,
};

const names = new Map<number, DType>(Object.entries(tfDTypeOf).map(([name, number]) => [number, name as DType]));

/** The dtype of ours, where TensorFlow's is one. */
export function dtypeOf(tfDType: number): DType | undefined {
  return names.get(tfDType);
}

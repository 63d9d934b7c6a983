import { TfDType } from '../tensors/dtypes.js';

/** TF_AttrType (c_api.h). */
export const TfAttrType = { STRING: 0, INT: 1, FLOAT: 2, BOOL: 3, TYPE: 4, SHAPE: 5, RESOURCE: 9 } as const;

/** The numbers that tfjs's kernels ask a `TFJSBinding` for. */
export const bindingConstants = {
  TF_FLOAT: TfDType.FLOAT,
  TF_INT32: TfDType.INT32,
  TF_INT64: TfDType.INT64,
  TF_BOOL: TfDType.BOOL,
  TF_COMPLEX64: TfDType.COMPLEX64,
  TF_STRING: TfDType.STRING,
  TF_RESOURCE: TfDType.RESOURCE,
  TF_UINT8: TfDType.UINT8,
  TF_ATTR_STRING: TfAttrType.STRING,
  TF_ATTR_INT: TfAttrType.INT,
  TF_ATTR_FLOAT: TfAttrType.FLOAT,
  TF_ATTR_BOOL: TfAttrType.BOOL,
  TF_ATTR_TYPE: TfAttrType.TYPE,
  TF_ATTR_SHAPE: TfAttrType.SHAPE,
  TF_ATTR_RESOURCE: TfAttrType.RESOURCE,
} as const;

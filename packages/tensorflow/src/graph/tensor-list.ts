import { TfAttrType } from '../eager/binding-constants.js';
import type { TfOutput } from '../library/native.js';
import { TfDType } from '../tensors/dtypes.js';
import { only } from './graph.js';
import type { Trace } from './trace.js';

/** What the elements of a list have in common. */
export interface ElementType {
  readonly dtype: number;
  readonly shape: readonly number[];
}

const shapeType = { name: 'shape_type', type: TfAttrType.TYPE, value: TfDType.INT32 };
const elementType = ({ dtype }: ElementType) => ({ name: 'element_dtype', type: TfAttrType.TYPE, value: dtype });
const shapeOf = (trace: Trace, { shape }: ElementType): TfOutput => trace.integers(shape);

/** A list of `length` elements that are not set yet. */
export function reserveList(trace: Trace, element: ElementType, length: number): TfOutput {
  return only(trace.add({ type: 'TensorListReserve', attributes: [elementType(element), shapeType], inputs: [shapeOf(trace, element), trace.integer(length)] }));
}

/** The slices of a tensor along its first axis. */
export function listFromTensor(trace: Trace, element: ElementType, tensor: TfOutput): TfOutput {
  return only(trace.add({ type: 'TensorListFromTensor', attributes: [elementType(element), shapeType], inputs: [tensor, shapeOf(trace, element)] }));
}

export function getElement(trace: Trace, element: ElementType, list: TfOutput, index: TfOutput): TfOutput {
  return only(trace.add({ type: 'TensorListGetItem', attributes: [elementType(element)], inputs: [list, index, shapeOf(trace, element)] }));
}

/** The list with one element set: in place where nobody else has the list. */
export function setElement(trace: Trace, element: ElementType, list: TfOutput, index: TfOutput, value: TfOutput): TfOutput {
  return only(trace.add({ type: 'TensorListSetItem', attributes: [elementType(element)], inputs: [list, index, value] }));
}

/** All elements as one tensor, along a new first axis. */
export function stackList(trace: Trace, element: ElementType, list: TfOutput, length: number): TfOutput {
  const count = { name: 'num_elements', type: TfAttrType.INT, value: length };
  return only(trace.add({ type: 'TensorListStack', attributes: [elementType(element), count], inputs: [list, shapeOf(trace, element)] }));
}

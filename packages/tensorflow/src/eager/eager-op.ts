import type { Pointer } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { setAttribute, type AttributeSink, type OpAttribute } from './op-attributes.js';

/**
 * Runs one op now.
 * @returns The handles of its outputs, not yet counted: whoever asks owns them.
 * @throws TensorFlowError that begins with the op's name.
 */
export function executeEagerly(
  tensorflow: TensorFlow,
  context: Pointer,
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly Pointer[],
  outputCount: number,
): Pointer[] {
  const { api } = tensorflow;
  const op = tensorflow.created(name, (status) => api.newOp(context, name, status));
  try {
    for (const input of inputs) tensorflow.checked(name, (status) => api.opAddInput(op, input, status));
    const sink = eagerSink(tensorflow, name, op);
    for (const attribute of attributes) setAttribute(sink, name, attribute);
    const outputs = new BigUint64Array(outputCount);
    const count = Int32Array.of(outputCount);
    tensorflow.checked(name, (status) => api.execute(op, outputs, count, status));
    return Array.from(outputs.subarray(0, count[0]));
  } finally {
    api.deleteOp(op);
  }
}

function eagerSink(tensorflow: TensorFlow, place: string, op: Pointer): AttributeSink {
  const { api } = tensorflow;
  return {
    string: (name, value) => api.opSetAttrString(op, name, value, value.length),
    int: (name, value) => api.opSetAttrInt(op, name, value),
    ints: (name, values) => api.opSetAttrIntList(op, name, values, values.length),
    float: (name, value) => api.opSetAttrFloat(op, name, value),
    floats: (name, values) => api.opSetAttrFloatList(op, name, values, values.length),
    bool: (name, value) => api.opSetAttrBool(op, name, Number(value)),
    bools: (name, values) => api.opSetAttrBoolList(op, name, values, values.length),
    type: (name, value) => api.opSetAttrType(op, name, value),
    types: (name, values) => api.opSetAttrTypeList(op, name, values, values.length),
    shape: (name, dims) => tensorflow.checked(place, (status) => api.opSetAttrShape(op, name, dims, dims.length, status)),
  };
}

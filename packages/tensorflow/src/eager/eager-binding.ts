import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';

import type { TensorFlowConfig } from '../config/config-proto.js';
import { copyBytes, type Pointer } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { TfDType } from '../tensors/dtypes.js';
import { NativeTensor, tensorFromBytes } from '../tensors/native-tensor.js';
import { bindingConstants } from './binding-constants.js';
import { EagerContext } from './eager-context.js';
import { executeEagerly } from './eager-op.js';
import { hostBytes, tfDTypeOfTfjs, type HostValues } from './host-values.js';
import type { OpAttribute } from './op-attributes.js';
import { readStrings, stringTensor } from './string-tensor.js';

/** What tfjs is told of an op's output. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What a tensor reads as: tfjs's typed arrays, the bytes of strings, `BigInt64Array` for int64. */
export type ReadValues = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

/**
 * tfjs-node's interface to TensorFlow, over the C API's eager mode: every op runs when it is called.
 *
 * The context is made by the first tensor, not before: a GPU's memory is taken by whoever makes the first context or
 * session of the process, and nobody should have to take it only to import this.
 */
export class EagerBinding {
  readonly #tensorflow: TensorFlow;
  readonly #handles = new Map<number, Pointer>();
  #config: TensorFlowConfig = {};
  #context: EagerContext | undefined;
  #nextId = 0;

  constructor(tensorflow: TensorFlow) {
    this.#tensorflow = tensorflow;
  }

  /** What the context is to be told; of no effect on one that has been made. */
  configure(config: TensorFlowConfig): void {
    this.#config = config;
  }

  get context(): EagerContext {
    return (this.#context ??= new EagerContext(this.#tensorflow, this.#config));
  }

  /** True once a context with a GPU has been made. */
  isUsingGpuDevice(): boolean {
    return this.#context?.gpu !== undefined;
  }

  createTensor(shape: number[], dtype: number | string, values: HostValues): number {
    const tfDType = tfDTypeOfTfjs(dtype);
    const tensor = this.#hostTensor(tfDType, shape, values);
    try {
      const { api } = this.#tensorflow;
      const handle = this.#tensorflow.created('creating a tensor', (status) => api.newTensorHandle(tensor.pointer, status));
      return this.#adopt(this.#onDevice(handle, tfDType));
    } finally {
      tensor.dispose();
    }
  }

  deleteTensor(id: number): void {
    const handle = this.#handle(id, 'delete');
    this.#handles.delete(id);
    this.#tensorflow.live.released('tensorHandle');
    this.#tensorflow.api.deleteTensorHandle(handle);
  }

  tensorDataSync(id: number): ReadValues {
    const { api } = this.#tensorflow;
    const handle = this.#handle(id, 'read');
    const tensor = new NativeTensor(
      this.#tensorflow,
      this.#tensorflow.created('reading a tensor', (status) => api.tensorHandleResolve(handle, status)),
    );
    try {
      return readTensor(this.#tensorflow, tensor.pointer);
    } finally {
      tensor.dispose();
    }
  }

  executeOp(name: string, attributes: readonly OpAttribute[], inputIds: readonly number[], outputCount: number): TensorMetadata[] {
    const inputs = inputIds.map((id) => this.#handle(id, name));
    const outputs = executeEagerly(this.#tensorflow, this.context.pointer, name, attributes, inputs, outputCount);
    return outputs.map((handle) => this.#describe(handle));
  }

  getNumOfTensors(): number {
    return this.#handles.size;
  }

  /** Releases every tensor and the context. */
  dispose(): void {
    for (const id of [...this.#handles.keys()]) this.deleteTensor(id);
    this.#context?.dispose();
    this.#context = undefined;
  }

  #hostTensor(tfDType: number, shape: number[], values: HostValues): NativeTensor {
    if (tfDType === TfDType.STRING) {
      const strings = Array.from(values as ArrayLike<Uint8Array | string>, (value) => (typeof value === 'string' ? new TextEncoder().encode(value) : value));
      return stringTensor(this.#tensorflow, this.context.pointer, strings, shape);
    }
    return tensorFromBytes(this.#tensorflow, tfDType, shape, hostBytes(tfDType, shape, values));
  }

  /** On a GPU, tensors live there, except int32 and strings, which TensorFlow's GPU kernels expect in host memory. */
  #onDevice(handle: Pointer, tfDType: number): Pointer {
    const { gpu, pointer } = this.context;
    if (!gpu || tfDType === TfDType.INT32 || tfDType === TfDType.STRING) return handle;
    const { api } = this.#tensorflow;
    try {
      return this.#tensorflow.created(`copying a tensor to ${gpu.name}`, (status) => api.tensorHandleCopyToDevice(handle, pointer, gpu.name, status));
    } finally {
      api.deleteTensorHandle(handle);
    }
  }

  #adopt(handle: Pointer): number {
    this.#tensorflow.live.acquired('tensorHandle');
    this.#handles.set(this.#nextId, handle);
    return this.#nextId++;
  }

  #handle(id: number, purpose: string): Pointer {
    const handle = this.#handles.get(id);
    if (handle === undefined) throw new Error(`${purpose}: there is no tensor ${id}; it has been disposed of, or belongs to another backend`);
    return handle;
  }

  #describe(handle: Pointer): TensorMetadata {
    const { api } = this.#tensorflow;
    const id = this.#adopt(handle);
    const rank = this.#tensorflow.checked('shape', (status) => api.tensorHandleNumDims(handle, status));
    const shape = Array.from({ length: rank }, (_, axis) => Number(this.#tensorflow.checked('shape', (status) => api.tensorHandleDim(handle, axis, status))));
    return { id, shape, dtype: api.tensorHandleDataType(handle) };
  }
}

/** Copies a TF_Tensor's elements as tfjs wants them. */
function readTensor(tensorflow: TensorFlow, tensor: Pointer): ReadValues {
  const { api } = tensorflow;
  const tfDType = api.tensorType(tensor);
  if (tfDType === TfDType.STRING) return readStrings(tensorflow, tensor);
  const { buffer } = copyBytes(api.tensorData(tensor), Number(api.tensorByteSize(tensor)));
  switch (tfDType) {
    case TfDType.FLOAT:
    case TfDType.COMPLEX64:
      return new Float32Array(buffer);
    case TfDType.INT32:
      return new Int32Array(buffer);
    case TfDType.INT64:
      return new BigInt64Array(buffer);
    case TfDType.BOOL:
    case TfDType.UINT8:
      return new Uint8Array(buffer);
    case TfDType.RESOURCE:
      // As tfjs-node: one handle, as the bytes that it is made of.
      return [new Uint8Array(buffer)];
    default:
      throw new TypeError(`cannot read a tensor of TensorFlow's dtype ${tfDType}`);
  }
}

/** The binding with tfjs's constants, in the form that its backend takes. Saved models are not supported. */
export function asTfjsBinding(binding: object): TFJSBinding {
  return Object.assign(binding, bindingConstants) as unknown as TFJSBinding;
}

import type { ModelMetadata, Signature, TensorSpec } from '@trainyard/protocol';

/** The only signature that there is, as that of a model which Keras exports. */
export const defaultSignature = 'serving_default';

type TensorInfo = ModelMetadata['metadata']['signature_def']['signature_def'][string]['inputs'][string];

/** A model's signature as TensorFlow Serving tells it: protobuf as JSON, where 64-bit integers are texts. */
export function signatureDef(model: { name: string; version: number }, { inputs, outputs }: Signature): ModelMetadata {
  const infos = (tensors: readonly TensorSpec[]) => Object.fromEntries(tensors.map((tensor) => [tensor.name, tensorInfo(tensor)]));
  const definition = { inputs: infos(inputs), outputs: infos(outputs), method_name: 'tensorflow/serving/predict' };
  return {
    model_spec: { name: model.name, signature_name: '', version: String(model.version) },
    metadata: { signature_def: { signature_def: { [defaultSignature]: definition } } },
  };
}

function tensorInfo({ name, dtype, shape }: TensorSpec): TensorInfo {
  const dim = shape.map((dimension) => ({ size: String(dimension ?? -1), name: '' }));
  return { name: `${name}:0`, dtype: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT', tensor_shape: { dim, unknown_rank: false } };
}

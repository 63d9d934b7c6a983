import { bytesOf } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import type { ModelFile } from '../h5/weights-file.js';
import type { LayerDescription, ModelDescription } from '../model/model-description.js';
import { parseModel } from '../model/parse-model.js';
import { writeModelJson } from '../model/write-model.js';

/** Bytes of a weights file: what tensorflowjs's converter cuts at, for browsers' caches. */
const SHARD_BYTES = 4 * 2 ** 20;

/** What of Keras's layers tfjs-layers 4.22 has. */
const LAYERS: ReadonlySet<string> = new Set([
  ...['Model', 'Functional', 'Sequential', 'InputLayer', 'Activation', 'Dense', 'Dropout', 'Embedding', 'Flatten', 'Masking', 'Permute', 'RepeatVector', 'Reshape', 'SpatialDropout1D'],
  ...['Conv1D', 'Conv2D', 'Conv2DTranspose', 'Conv3D', 'Cropping2D', 'DepthwiseConv2D', 'SeparableConv2D', 'UpSampling2D', 'ZeroPadding2D'],
  ...['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D', 'MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D'],
  ...['GlobalAveragePooling1D', 'GlobalAveragePooling2D', 'GlobalMaxPooling1D', 'GlobalMaxPooling2D'],
  ...['Add', 'Average', 'Concatenate', 'Dot', 'Maximum', 'Minimum', 'Multiply', 'BatchNormalization', 'LayerNormalization'],
  ...['ELU', 'LeakyReLU', 'PReLU', 'ReLU', 'Softmax', 'ThresholdedReLU', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise'],
  ...['ConvLSTM2D', 'GRU', 'LSTM', 'SimpleRNN', 'Bidirectional', 'TimeDistributed'],
]);

/** A file of a layers-model. */
export interface TfjsFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes a model file as a layers-model of TensorFlow.js: `model.json`, in Keras 2's terms, and the weights that it names. Compile
 * arguments and the optimizer's state are left out: it is there to predict.
 *
 * @throws FormatError `not_in_tfjs` naming the layer that tfjs-layers does not have.
 */
export function writeTfjsModel(file: ModelFile): TfjsFile[] {
  const description = parseModel(file.modelConfig, { kerasVersion: file.kerasVersion });
  expectKnown(description);
  const layers = layersOf(description);
  const bidirectional = layers.find(({ className }) => className === 'Bidirectional');
  if (bidirectional && layers.some(masks)) throw new FormatError('not_in_tfjs', bidirectional.name, 'TensorFlow.js does not heed masks in a Bidirectional; take the checkpoint as a SavedModel, .keras or .h5');
  const { class_name, config, keras_version, backend = 'tensorflow' } = JSON.parse(writeModelJson(description, { keras: 2 }), withoutPenalties) as Record<string, unknown>;
  const weights = file.layers.flatMap((layer) => layer.weights);
  const content = Buffer.concat(weights.map(({ array }) => bytesOf(array.data)));
  const shards: TfjsFile[] = [];
  const count = Math.max(1, Math.ceil(content.length / SHARD_BYTES));
  for (let i = 0; i < count; i++) shards.push({ name: `group1-shard${i + 1}of${count}.bin`, bytes: content.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES) });
  const model = {
    format: 'layers-model',
    generatedBy: `Keras ${file.kerasVersion}`,
    convertedBy: 'Trainyard',
    modelTopology: { keras_version, backend, model_config: { class_name, config } },
    // `dense_1/kernel:0` is `dense_1/kernel` there.
    weightsManifest: [{ paths: shards.map(({ name }) => name), weights: weights.map(({ name, array: { shape, dtype } }) => ({ name: name.replace(/:0$/, ''), shape, dtype })) }],
  };
  return [{ name: 'model.json', bytes: Buffer.from(JSON.stringify(model)) }, ...shards];
}

/** tfjs-layers refuses to build layers with a penalty on their outputs. It is of use in training only. */
const withoutPenalties = (key: string, value: unknown): unknown => (key === 'activity_regularizer' ? null : value);

function expectKnown(description: ModelDescription): void {
  const unknown = layersOf(description).find(({ className }) => !LAYERS.has(className));
  if (unknown) throw new FormatError('not_in_tfjs', unknown.name, `TensorFlow.js has no layer ${unknown.className}; take the checkpoint as a SavedModel, .keras or .h5`);
}

const masks = ({ className, config }: LayerDescription): boolean => className === 'Masking' || config['mask_zero'] === true;

/** All layers, those of nested models and of wrappers included. */
function layersOf({ layers }: Pick<ModelDescription, 'layers'>): LayerDescription[] {
  return layers.flatMap((layer) => [layer, ...(layer.model ? layersOf(layer.model) : []), ...(layer.wrapped ? layersOf({ layers: [layer.wrapped] }) : [])]);
}

import type { JsonObject } from '../../../json.js';

/** How a field of a layer's config is written: as it is, or as one of Keras's serialized objects. */
export type FieldKind = 'plain' | 'activation' | 'initializer' | 'regularizer' | 'constraint' | 'layer';

export interface ClassFields {
  /** Fields that Keras 2 and Keras 3 both have, by their names in Keras 2. */
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** Keras 3's names of those that it renamed. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Fields of Keras 3 alone that change no result here (a layer's random numbers come from the job's seed). */
  readonly ignored: readonly string[];
  /** What Keras 3 takes where its config says nothing and Keras 2 takes something else; and what Keras 2 takes there. */
  readonly defaults: { readonly keras3: JsonObject; readonly keras2: JsonObject };
}

type Fields = Readonly<Record<string, FieldKind>>;

const plain = (...names: string[]): Fields => Object.fromEntries(names.map((name): [string, FieldKind] => [name, 'plain']));

/** Initializer, regularizer and constraint of the weights of a layer: `kernel_initializer`, …; the initializer of `recurrent_kernel` is `recurrent_initializer`. */
const weights = (...names: string[]): Fields =>
  Object.fromEntries(
    names.flatMap((name): [string, FieldKind][] => [
      [`${name}_initializer`, 'initializer'],
      [`${name}_regularizer`, 'regularizer'],
      [`${name}_constraint`, 'constraint'],
    ]),
  );

interface Options {
  readonly renamed?: Readonly<Record<string, string>>;
  readonly ignored?: readonly string[];
  readonly keras3?: JsonObject;
  readonly keras2?: JsonObject;
}

/** What every layer may have besides its name and dtype. */
const common: Fields = { trainable: 'plain', activity_regularizer: 'regularizer' };

const of = (fields: Fields, { renamed = {}, ignored = [], keras3 = {}, keras2 = {} }: Options = {}): ClassFields => ({
  fields: { ...common, ...fields },
  renamed,
  ignored,
  defaults: { keras3, keras2 },
});

const seeded = { ignored: ['seed'] };
const convolution: Fields = { ...plain('filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'groups', 'use_bias'), activation: 'activation', ...weights('kernel', 'bias') };
const transposed: Fields = { ...convolution, ...plain('output_padding') };
const depthwise: Fields = { ...plain('kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'depth_multiplier', 'use_bias'), activation: 'activation', ...weights('depthwise', 'bias') };
const separable: Fields = { ...depthwise, ...plain('filters'), ...weights('pointwise') };
const pooling = plain('pool_size', 'strides', 'padding', 'data_format');
const globalPooling = plain('data_format', 'keepdims');
const normalization: Fields = { ...plain('axis', 'epsilon', 'center', 'scale'), ...weights('gamma', 'beta') };
const recurrent: Fields = {
  ...plain('units', 'use_bias', 'return_sequences', 'return_state', 'go_backwards', 'stateful', 'zero_output_for_mask', 'dropout', 'recurrent_dropout', 'unroll'),
  activation: 'activation',
  ...weights('kernel', 'recurrent', 'bias'),
};
const gated: Fields = { ...recurrent, recurrent_activation: 'activation' };
/** Keras 3 drops the same units for all gates: Keras 2's implementation 2. */
const gates: Options = { ...seeded, keras3: { recurrent_activation: 'sigmoid', implementation: 2 }, keras2: { recurrent_activation: 'hard_sigmoid' } };
const merge = of({});
const spatial = plain('data_format');

/** The layers that both Keras 2 (or tf-keras) and Keras 3 have, by their class name in both. */
export const sharedClasses: ReadonlyMap<string, ClassFields> = new Map<string, ClassFields>([
  ['Activation', of({ activation: 'activation' })],
  ['ActivityRegularization', of(plain('l1', 'l2'))],
  ['Add', merge],
  ['AdditiveAttention', of(plain('use_scale', 'dropout'), seeded)],
  ['AlphaDropout', of(plain('rate', 'noise_shape'), seeded)],
  ['Attention', of(plain('use_scale', 'score_mode', 'dropout'), seeded)],
  ['Average', merge],
  ['AveragePooling1D', of(pooling)],
  ['AveragePooling2D', of(pooling)],
  ['AveragePooling3D', of(pooling)],
  ['BatchNormalization', of({ ...normalization, ...plain('momentum'), moving_mean_initializer: 'initializer', moving_variance_initializer: 'initializer' }, { ignored: ['renorm_momentum'] })],
  ['Bidirectional', of({ ...plain('merge_mode'), layer: 'layer' }, { ignored: ['backward_layer'] })],
  ['Concatenate', of(plain('axis'))],
  ['Conv1D', of(convolution)],
  ['Conv1DTranspose', of(transposed)],
  ['Conv2D', of(convolution)],
  ['Conv2DTranspose', of(transposed)],
  ['Conv3D', of(convolution)],
  ['Conv3DTranspose', of(transposed)],
  ['ConvLSTM2D', of({ ...gated, ...plain('filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'unit_forget_bias') }, gates)],
  ['Cropping1D', of(plain('cropping'))],
  ['Cropping2D', of({ ...spatial, ...plain('cropping') })],
  ['Cropping3D', of({ ...spatial, ...plain('cropping') })],
  ['Dense', of({ ...plain('units', 'use_bias'), activation: 'activation', ...weights('kernel', 'bias') })],
  ['DepthwiseConv2D', of(depthwise)],
  ['Dot', of(plain('axes', 'normalize'))],
  ['Dropout', of(plain('rate', 'noise_shape'), seeded)],
  ['ELU', of(plain('alpha'))],
  ['Embedding', of({ ...plain('input_dim', 'output_dim', 'mask_zero'), ...weights('embeddings') })],
  ['Flatten', of(spatial)],
  ['GRU', of({ ...gated, ...plain('reset_after') }, { ...gates, keras3: { ...gates.keras3, reset_after: true }, keras2: { ...gates.keras2, reset_after: false } })],
  ['GaussianDropout', of(plain('rate'), seeded)],
  ['GaussianNoise', of(plain('stddev'), seeded)],
  ['GlobalAveragePooling1D', of(globalPooling)],
  ['GlobalAveragePooling2D', of(globalPooling)],
  ['GlobalAveragePooling3D', of(globalPooling)],
  ['GlobalMaxPooling1D', of(globalPooling)],
  ['GlobalMaxPooling2D', of(globalPooling)],
  ['GlobalMaxPooling3D', of(globalPooling)],
  ['GroupNormalization', of({ ...normalization, ...plain('groups') })],
  ['Identity', of({})],
  ['InputLayer', of({ ...plain('batch_input_shape'), trainable: 'plain' }, { renamed: { batch_input_shape: 'batch_shape' } })],
  ['LSTM', of({ ...gated, ...plain('unit_forget_bias') }, gates)],
  ['LayerNormalization', of({ ...normalization, ...plain('rms_scaling') })],
  ['LeakyReLU', of(plain('alpha'), { renamed: { alpha: 'negative_slope' } })],
  ['Masking', of(plain('mask_value'))],
  ['MaxPooling1D', of(pooling)],
  ['MaxPooling2D', of(pooling)],
  ['MaxPooling3D', of(pooling)],
  ['Maximum', merge],
  ['Minimum', merge],
  [
    'MultiHeadAttention',
    of({ ...plain('num_heads', 'key_dim', 'value_dim', 'dropout', 'use_bias', 'output_shape', 'attention_axes'), ...weights('kernel', 'bias') }, { ignored: ['seed', 'flash_attention'] }),
  ],
  ['Multiply', merge],
  ['PReLU', of({ ...weights('alpha'), ...plain('shared_axes') })],
  ['Permute', of(plain('dims'))],
  ['ReLU', of(plain('max_value', 'negative_slope', 'threshold'))],
  ['RepeatVector', of(plain('n'))],
  ['Rescaling', of(plain('scale', 'offset'))],
  ['Reshape', of(plain('target_shape'))],
  ['SeparableConv1D', of(separable)],
  ['SeparableConv2D', of(separable)],
  ['SimpleRNN', of(recurrent, { ...seeded, keras3: { implementation: 2 } })],
  ['Softmax', of(plain('axis'))],
  ['SpatialDropout1D', of(plain('rate'), seeded)],
  ['SpatialDropout2D', of({ ...spatial, ...plain('rate') }, seeded)],
  ['SpatialDropout3D', of({ ...spatial, ...plain('rate') }, seeded)],
  ['Subtract', merge],
  ['TimeDistributed', of({ layer: 'layer' })],
  ['UnitNormalization', of(plain('axis'))],
  ['UpSampling1D', of(plain('size'))],
  ['UpSampling2D', of({ ...spatial, ...plain('size', 'interpolation') })],
  ['UpSampling3D', of({ ...spatial, ...plain('size') })],
  ['ZeroPadding1D', of({ ...spatial, ...plain('padding') })],
  ['ZeroPadding2D', of({ ...spatial, ...plain('padding') })],
  ['ZeroPadding3D', of({ ...spatial, ...plain('padding') })],
]);

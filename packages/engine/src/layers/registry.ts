import { activation } from './activation.js';
import { activityRegularization } from './activity-regularization.js';
import { alphaDropout } from './alpha-dropout.js';
import { additiveAttention, attention } from './attention.js';
import { batchNormalization } from './batch-normalization.js';
import { bidirectional } from './bidirectional.js';
import { concatenate } from './concatenate.js';
import { conv1d, conv2d, conv3d } from './conv.js';
import { conv1dTranspose, conv2dTranspose, conv3dTranspose } from './conv-transpose.js';
import { convLstm2d } from './conv-lstm2d.js';
import { cropping1d, cropping2d, cropping3d } from './cropping.js';
import { dense } from './dense.js';
import { depthwiseConv2d, separableConv1d, separableConv2d } from './depthwise-conv.js';
import { dot } from './dot.js';
import { dropout } from './dropout.js';
import { elu } from './elu.js';
import { embedding } from './embedding.js';
import { flatten } from './flatten.js';
import { gaussianDropout } from './gaussian-dropout.js';
import { gaussianNoise } from './gaussian-noise.js';
import { globalAveragePooling1d, globalAveragePooling2d, globalAveragePooling3d, globalMaxPooling1d, globalMaxPooling2d, globalMaxPooling3d } from './global-pooling.js';
import { gru } from './gru.js';
import { groupNormalization } from './group-normalization.js';
import { identity } from './identity.js';
import { inputLayer } from './input-layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { layerNormalization } from './layer-normalization.js';
import { leakyRelu } from './leaky-relu.js';
import { locallyConnected1d, locallyConnected2d } from './locally-connected.js';
import { lstm } from './lstm.js';
import { masking } from './masking.js';
import { add, average, maximum, minimum, multiply, subtract } from './merge.js';
import { multiHeadAttention } from './multi-head-attention.js';
import { permute } from './permute.js';
import { averagePooling1d, averagePooling2d, averagePooling3d, maxPooling1d, maxPooling2d, maxPooling3d } from './pooling.js';
import { prelu } from './prelu.js';
import { reluLayer } from './relu.js';
import { repeatVector } from './repeat-vector.js';
import { rescaling } from './rescaling.js';
import { reshape } from './reshape.js';
import { softmax } from './softmax.js';
import { simpleRnn } from './simple-rnn.js';
import { spatialDropout1d, spatialDropout2d, spatialDropout3d } from './spatial-dropout.js';
import { thresholdedRelu } from './thresholded-relu.js';
import { timeDistributed } from './time-distributed.js';
import { upSampling1d, upSampling2d, upSampling3d } from './up-sampling.js';
import { unitNormalization } from './unit-normalization.js';
import { zeroPadding1d, zeroPadding2d, zeroPadding3d } from './zero-padding.js';

const definitions: readonly LayerDefinition[] = [
  activation,
  activityRegularization,
  add,
  additiveAttention,
  alphaDropout,
  attention,
  average,
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  batchNormalization,
  bidirectional,
  concatenate,
  conv1d,
  conv2d,
  conv1dTranspose,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  convLstm2d,
  cropping1d,
  cropping2d,
  cropping3d,
  dense,
  depthwiseConv2d,
  dot,
  dropout,
  elu,
  embedding,
  flatten,
  gaussianDropout,
  gaussianNoise,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
  gru,
  groupNormalization,
  identity,
  inputLayer,
  layerNormalization,
  leakyRelu,
  locallyConnected1d,
  locallyConnected2d,
  lstm,
  masking,
  maximum,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
  minimum,
  multiHeadAttention,
  multiply,
  permute,
  prelu,
  reluLayer,
  repeatVector,
  rescaling,
  reshape,
  separableConv1d,
  separableConv2d,
  softmax,
  simpleRnn,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  subtract,
  thresholdedRelu,
  timeDistributed,
  upSampling1d,
  upSampling2d,
  upSampling3d,
  unitNormalization,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
];

export const layerDefinitions: ReadonlyMap<string, LayerDefinition> = new Map(definitions.map((definition) => [definition.className, definition]));

/** Class names of the layers that a model may have, besides nested models; sorted. */
export function supportedLayers(): string[] {
  return [...layerDefinitions.keys()].sort();
}

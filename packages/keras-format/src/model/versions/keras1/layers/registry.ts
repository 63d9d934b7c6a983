import type { LayerReader } from '../translation.js';
import * as convolution from './convolution.js';
import * as core from './core.js';
import { merge } from './merge.js';
import { globalPooling, pooling, pooling1d } from './pooling.js';
import * as recurrent from './recurrent.js';
import * as reshaping from './reshaping.js';

/** Every class of Keras 1.2's documentation that later Keras has too, under whatever name. */
export const layerReaders: ReadonlyMap<string, LayerReader> = new Map<string, LayerReader>([
  ['InputLayer', core.input],
  ['Dense', core.dense],
  ['TimeDistributedDense', core.timeDistributedDense],
  ['Activation', core.activation],
  ['Dropout', core.dropout],
  ['SpatialDropout1D', core.spatialDropout1d],
  ['SpatialDropout2D', core.spatialDropout(2)],
  ['SpatialDropout3D', core.spatialDropout(3)],
  ['GaussianNoise', core.gaussianNoise],
  ['GaussianDropout', core.gaussianDropout],
  ['Flatten', core.plain('Flatten')],
  ['Reshape', core.plain('Reshape', 'target_shape')],
  ['Permute', core.plain('Permute', 'dims')],
  ['RepeatVector', core.plain('RepeatVector', 'n')],
  ['Masking', core.plain('Masking', 'mask_value')],
  ['ActivityRegularization', core.plain('ActivityRegularization', 'l1', 'l2')],
  ['LeakyReLU', core.plain('LeakyReLU', 'alpha')],
  ['ELU', core.plain('ELU', 'alpha')],
  ['ThresholdedReLU', core.plain('ThresholdedReLU', 'theta')],
  ['PReLU', core.prelu],
  ['Embedding', core.embedding],
  ['BatchNormalization', core.batchNormalization],
  ['TimeDistributed', core.wrapper('TimeDistributed')],
  ['Bidirectional', core.wrapper('Bidirectional', 'merge_mode')],
  ['Merge', merge],
  ['Convolution1D', convolution.convolution1d],
  ['Convolution2D', convolution.convolution2d],
  ['Convolution3D', convolution.convolution3d],
  ['AtrousConvolution1D', convolution.atrousConvolution1d],
  ['AtrousConvolution2D', convolution.atrousConvolution2d],
  ['SeparableConvolution2D', convolution.separableConvolution2d],
  ['Deconvolution2D', convolution.deconvolution2d],
  ['LocallyConnected1D', convolution.locallyConnected1d],
  ['LocallyConnected2D', convolution.locallyConnected2d],
  ['Cropping1D', core.plain('Cropping1D', 'cropping')],
  ['Cropping2D', reshaping.cropping(2)],
  ['Cropping3D', reshaping.cropping(3)],
  ['UpSampling1D', reshaping.upSampling1d],
  ['UpSampling2D', reshaping.upSampling(2)],
  ['UpSampling3D', reshaping.upSampling(3)],
  ['ZeroPadding1D', reshaping.zeroPadding1d],
  ['ZeroPadding2D', reshaping.zeroPadding2d],
  ['ZeroPadding3D', reshaping.zeroPadding3d],
  ['MaxPooling1D', pooling1d('MaxPooling1D')],
  ['AveragePooling1D', pooling1d('AveragePooling1D')],
  ['MaxPooling2D', pooling('MaxPooling2D')],
  ['AveragePooling2D', pooling('AveragePooling2D')],
  ['MaxPooling3D', pooling('MaxPooling3D')],
  ['AveragePooling3D', pooling('AveragePooling3D')],
  ['GlobalMaxPooling1D', core.plain('GlobalMaxPooling1D')],
  ['GlobalAveragePooling1D', core.plain('GlobalAveragePooling1D')],
  ['GlobalMaxPooling2D', globalPooling('GlobalMaxPooling2D')],
  ['GlobalAveragePooling2D', globalPooling('GlobalAveragePooling2D')],
  ['GlobalMaxPooling3D', globalPooling('GlobalMaxPooling3D')],
  ['GlobalAveragePooling3D', globalPooling('GlobalAveragePooling3D')],
  ['SimpleRNN', recurrent.simpleRnn],
  ['GRU', recurrent.gru],
  ['LSTM', recurrent.lstm],
  ['ConvLSTM2D', recurrent.convLstm2d],
]);

/** Classes that went with Keras 1, and what to use in their place. */
export const goneLayers: ReadonlyMap<string, string> = new Map([
  ['MaxoutDense', 'a functional model with one Dense for each feature and a Maximum of them'],
  ['Highway', 'a functional model of Dense layers with Multiply and Add'],
  ['ParametricSoftplus', 'Activation("softplus")'],
  ['SReLU', 'PReLU or LeakyReLU'],
]);

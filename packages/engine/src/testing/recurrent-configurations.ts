import type { LayerConfiguration } from './layer-configurations.js';

/** Recurrent layers and wrappers. */
const lstm = { class_name: 'LSTM', config: { name: 'lstm_1', units: 2, return_sequences: true } };
const gru = { class_name: 'GRU', config: { name: 'gru_1', units: 2, return_state: true } };
const dense = { class_name: 'Dense', config: { name: 'dense_1', units: 2, activation: 'tanh' } };
const model = { class_name: 'Sequential', config: [{ class_name: 'Dense', config: { ...dense.config, batch_input_shape: [null, 3] } }] };

export const recurrentConfigurations: readonly LayerConfiguration[] = [
  ['Bidirectional', { layer: lstm, merge_mode: 'concat' }, [[2, 3, 2]]],
  ['Bidirectional', { layer: lstm, merge_mode: 'ave' }, [[2, 3, 2]]],
  ['Bidirectional', { layer: gru, merge_mode: 'mul' }, [[2, 3, 2], [2, 2], [2, 2]]],
  ['ConvLSTM2D', { filters: 2, kernel_size: [2, 3], padding: 'same', return_sequences: true }, [[2, 3, 4, 4, 2]]],
  ['ConvLSTM2D', { filters: 2, kernel_size: 2, strides: [1, 2], use_bias: false, data_format: 'channels_first', go_backwards: true }, [[1, 2, 2, 4, 5]]],
  ['ConvLSTM2D', { filters: 1, kernel_size: 2, dilation_rate: 2, activation: 'linear', recurrent_activation: 'sigmoid' }, [[1, 2, 4, 4, 1]]],
  ['GRU', { units: 3 }, [[2, 4, 5]]],
  ['GRU', { units: 3, recurrent_activation: 'softmax', activation: 'relu', return_sequences: true, return_state: true, use_bias: false }, [[2, 4, 2], [2, 3]]],
  ['GRU', { units: 3, reset_after: true, recurrent_activation: 'sigmoid', return_sequences: true }, [[2, 4, 2]]],
  ['GRU', { units: 2, reset_after: true, use_bias: false, activation: 'elu' }, [[2, 4, 2]]],
  ['LSTM', { units: 3 }, [[2, 4, 5]]],
  ['LSTM', { units: 3, activation: 'softsign', recurrent_activation: 'sigmoid', return_sequences: true, go_backwards: true }, [[2, 4, 2]]],
  ['LSTM', { units: 2, activation: 'selu', recurrent_activation: 'softmax', use_bias: false, return_state: true }, [[2, 3, 2], [2, 2], [2, 2]]],
  ['SimpleRNN', { units: 3 }, [[2, 4, 5]]],
  ['SimpleRNN', { units: 3, activation: 'softplus', return_sequences: true, go_backwards: true }, [[2, 4, 2], [2, 3]]],
  ['SimpleRNN', { units: 2, activation: 'linear', use_bias: false, unroll: true }, [[2, 4, 2]]],
  ['SimpleRNN', { units: 2, activation: 'exponential' }, [[2, 3, 2]]],
  ['TimeDistributed', { layer: dense }, [[2, 3, 4]]],
  ['TimeDistributed', { layer: model }, [[2, 3, 3]]],
  ['TimeDistributed', { layer: { class_name: 'Bidirectional', config: { name: 'bidirectional_1', layer: lstm, merge_mode: 'sum' } } }, [[2, 2, 3, 2]]],
  ['TimeDistributed', { layer: { class_name: 'BatchNormalization', config: { name: 'batch_normalization_1' } } }, [[3, 4, 2]]],
];

import type { LayerConfiguration } from './layer-configurations.js';

/** Recurrent layers and wrappers. */
export const recurrentConfigurations: readonly LayerConfiguration[] = [
  ['LSTM', { units: 3 }, [[2, 4, 5]]],
  ['LSTM', { units: 3, activation: 'softsign', recurrent_activation: 'sigmoid', return_sequences: true, go_backwards: true }, [[2, 4, 2]]],
  ['LSTM', { units: 2, activation: 'selu', recurrent_activation: 'softmax', use_bias: false, return_state: true }, [[2, 3, 2], [2, 2], [2, 2]]],
];

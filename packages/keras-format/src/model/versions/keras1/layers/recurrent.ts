import { FormatError } from '../../../../format-error.js';
import { quote } from '../../../../json.js';
import type { LayerReader, Translation } from '../translation.js';

const IMPLEMENTATIONS: ReadonlyMap<unknown, number> = new Map([
  ['cpu', 0],
  ['mem', 1],
  ['gpu', 2],
]);

function recurrent(layer: Translation): Translation {
  return layer
    .same('activation', 'return_sequences', 'go_backwards', 'stateful', 'unroll')
    .rename('inner_activation', 'recurrent_activation')
    .initializer('init', 'kernel_initializer')
    .initializer('inner_init', 'recurrent_initializer')
    .regularizer('W_regularizer', 'kernel_regularizer')
    .regularizer('U_regularizer', 'recurrent_regularizer')
    .regularizer('b_regularizer', 'bias_regularizer')
    .rename('dropout_W', 'dropout')
    .rename('dropout_U', 'recurrent_dropout');
}

/** Keras 2 knows two initial biases of the forget gate: ones and zeros. */
function forgetBias(layer: Translation): void {
  const initial = layer.get('forget_bias_init') ?? 'one';
  if (initial !== 'one' && initial !== 'zero')
    throw new FormatError('unsupported_argument', layer.at('forget_bias_init'), `expected "one" or "zero", the ones that later Keras has too, received ${quote(initial)}; where weights are loaded it makes no difference which`);
  layer.set('unit_forget_bias', initial === 'one', 'forget_bias_init');
}

function dense(layer: Translation): Translation {
  return recurrent(layer)
    .rename('output_dim', 'units')
    .rename('consume_less', 'implementation', ({ value }) => {
      const implementation = IMPLEMENTATIONS.get(value);
      if (implementation === undefined) throw layer.refuse('consume_less', 'one of cpu, mem, gpu');
      return implementation;
    })
    .inputDim(3);
}

export const simpleRnn: LayerReader = (layer) => {
  dense(layer);
  return 'SimpleRNN';
};

export const gru: LayerReader = (layer) => {
  dense(layer);
  return 'GRU';
};

export const lstm: LayerReader = (layer) => {
  forgetBias(dense(layer));
  return 'LSTM';
};

export const convLstm2d: LayerReader = (layer) => {
  forgetBias(recurrent(layer));
  layer.rename('nb_filter', 'filters').gather(['nb_row', 'nb_col'], 'kernel_size').rename('subsample', 'strides').rename('border_mode', 'padding').readDataFormat();
  return 'ConvLSTM2D';
};

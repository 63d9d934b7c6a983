import { FormatError } from '../../../format-error.js';
import { at } from '../../../json.js';
import type { LayerDescription } from '../../model-description.js';

/**
 * Keras 2's hard_sigmoid is clip(0.2x + 0.5, 0, 1), Keras 3's clip(x/6 + 0.5, 0, 1): the one of x is the other of 1.2x. So a
 * layer computes the same if the weights that make x are 1.2 times as large.
 */
export const HARD_SIGMOID_SCALE = 1.2;

/** Which of a layer's equal parts, along the last axis of its weights, feed a hard_sigmoid. */
export interface HardSigmoidGates {
  readonly parts: number;
  readonly scaled: readonly number[];
}

/** Keras's gates that go through the recurrent activation: i, f, o of i, f, c, o; z, r of z, r, h. */
const RECURRENT: ReadonlyMap<string, HardSigmoidGates> = new Map([
  ['LSTM', { parts: 4, scaled: [0, 1, 3] }],
  ['ConvLSTM2D', { parts: 4, scaled: [0, 1, 3] }],
  ['GRU', { parts: 3, scaled: [0, 1] }],
]);
/** Layers whose activation is of what their kernel and bias make. */
const KERNEL_LAYERS = new Set(['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'Conv1DTranspose', 'Conv2DTranspose', 'Conv3DTranspose', 'DepthwiseConv2D', 'SimpleRNN']);

/**
 * What of a Keras 1 or 2 layer's weights has to be scaled for Keras 3; undefined where nothing has.
 * @throws FormatError where its hard_sigmoid is of something that no weights of the layer alone make.
 */
export function gatesOf({ className, config, pointer, name }: LayerDescription): HardSigmoidGates | undefined {
  const recurrent = RECURRENT.get(className);
  if (config['activation'] === 'hard_sigmoid') {
    if (KERNEL_LAYERS.has(className)) return { parts: 1, scaled: [0] };
    throw new FormatError(
      'not_in_keras3',
      at(at(pointer, 'config'), 'activation'),
      `Keras 3's hard_sigmoid is another function, clip(x/6 + 0.5, 0, 1); layer "${name}" (${className}) has no weights that could make up for it. Put it into the Dense or Conv layer before it, or use sigmoid`,
    );
  }
  // Its default in Keras 2.0.
  return recurrent && (config['recurrent_activation'] ?? 'hard_sigmoid') === 'hard_sigmoid' ? recurrent : undefined;
}

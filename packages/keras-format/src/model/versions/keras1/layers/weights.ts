import type { Translation } from '../translation.js';

/** What most layers with weights share: initializer, regularizers and constraints of the kernel and the bias. */
export function kernelAndBias(layer: Translation, { kernel = 'kernel', axes }: { kernel?: string; axes?: readonly number[] } = {}): Translation {
  return layer
    .rename('bias', 'use_bias')
    .initializer('init', `${kernel}_initializer`)
    .regularizer('W_regularizer', `${kernel}_regularizer`)
    .regularizer('b_regularizer', 'bias_regularizer')
    .regularizer('activity_regularizer', 'activity_regularizer')
    .constraint('W_constraint', `${kernel}_constraint`, axes)
    .constraint('b_constraint', 'bias_constraint');
}

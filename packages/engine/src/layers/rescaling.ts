import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** x · scale + offset (Keras 2.3 and later); each a number, or one for each entry of the last axis. */
class Rescaling extends ElementwiseLayer {
  override readonly className = 'Rescaling';
  readonly #scale: number | readonly number[];
  readonly #offset: number | readonly number[];

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#scale = readNumbers(config, 'scale');
    this.#offset = readNumbers(config, 'offset', 0);
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return tf.add(tf.mul(tf.cast(input, 'float32'), asTensor(this.#scale)), asTensor(this.#offset));
  }
}

function asTensor(values: number | readonly number[]): tf.Tensor {
  return typeof values === 'number' ? tf.scalar(values) : tf.tensor1d([...values]);
}

function readNumbers(config: ConfigReader, name: string, otherwise?: number): number | readonly number[] {
  const value = config.raw(name);
  if (!Array.isArray(value)) return config.number(name, otherwise === undefined ? {} : { otherwise });
  if (value.length === 0 || !value.every((entry) => typeof entry === 'number')) throw config.refuse(name, 'a number or a list of numbers');
  return value;
}

export const rescaling: LayerDefinition = { className: 'Rescaling', create: (config, options) => new Rescaling(config, options) };

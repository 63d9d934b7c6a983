import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import { KernelOutput } from './kernel-output.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** activation(x · kernel + bias) along the last axis. */
class Dense extends SingleInputLayer {
  override readonly className = 'Dense';
  readonly #units: number;
  readonly #kernel: WeightConfig;
  readonly #output: KernelOutput;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#units = config.integer('units', { min: 1 });
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#output = new KernelOutput(config);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    return [{ ...this.#kernel, shape: [this.requireDimension(inputShape, -1), this.#units] }, ...this.#output.weights([this.#units])];
  }

  override outputShape(inputShape: Shape): Shape {
    if (inputShape.length < 2) this.requireRank(inputShape, 2);
    this.requireDimension(inputShape, -1);
    return [...inputShape.slice(0, -1), this.#units];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const kernel = scope.weight('kernel') as tf.Tensor2D;
    const x = tf.cast(input, 'float32');
    const rows = x.rank === 2 ? x : tf.reshape(x, [-1, kernel.shape[0]]);
    const y = this.#output.withBias(scope, tf.matMul(rows, kernel));
    return this.#output.finish(scope, x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), this.#units]));
  }
}

export const dense: LayerDefinition = { className: 'Dense', create: (config, options) => new Dense(config, options) };

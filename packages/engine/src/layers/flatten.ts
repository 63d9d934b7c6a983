import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { rowSize, shapeText, type Shape } from '../shape.js';
import type { CallScope } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** [batch, …] → [batch, product of the rest], in memory order whatever the data format (Keras 2.0). */
class Flatten extends SingleInputLayer {
  override readonly className = 'Flatten';

  override outputShape(inputShape: Shape): Shape {
    const size = rowSize(inputShape);
    if (inputShape.length < 3 || size === undefined)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Flatten): expected an input of at least 3 dimensions, all known but the batch, received ${shapeText(inputShape)}`);
    return [inputShape[0] ?? null, size];
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return tf.reshape(input, [input.shape[0] ?? 1, -1]);
  }
}

export const flatten: LayerDefinition = { className: 'Flatten', create: (_config, options) => new Flatten(options) };

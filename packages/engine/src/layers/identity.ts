import type { Tensor } from '@tensorflow/tfjs-core';

import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Its input as it is (Keras 2.9 and later). */
class Identity extends ElementwiseLayer {
  override readonly className = 'Identity';

  override callOn(_scope: CallScope, input: Tensor): Tensor {
    return input;
  }
}

export const identity: LayerDefinition = { className: 'Identity', create: (_config, options) => new Identity(options) };

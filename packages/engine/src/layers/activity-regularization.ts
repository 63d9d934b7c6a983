import type { Tensor } from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { l1l2, type Regularizer } from '../regularizers/regularizer.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Passes its input on and adds l1·Σ|x| + l2·Σx² to the loss. */
class ActivityRegularization extends ElementwiseLayer {
  override readonly className = 'ActivityRegularization';
  readonly #regularizer: Regularizer;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#regularizer = l1l2(config.number('l1', { otherwise: 0 }), config.number('l2', { otherwise: 0 }));
  }

  override callOn(scope: CallScope, input: Tensor): Tensor {
    scope.addLoss(this.#regularizer.penalty(input));
    return input;
  }
}

export const activityRegularization: LayerDefinition = {
  className: 'ActivityRegularization',
  create: (config, options) => new ActivityRegularization(config, options),
};

import type { Tensor } from '@tensorflow/tfjs-core';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** An activation as a layer of its own. */
class ActivationLayer extends SingleInputLayer {
  override readonly className = 'Activation';
  readonly #activation: Activation | undefined;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#activation = readActivation(config, 'activation');
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override callOn(_scope: CallScope, input: Tensor): Tensor {
    return this.#activation ? this.#activation(input) : input;
  }
}

export const activation: LayerDefinition = { className: 'Activation', create: (config, options) => new ActivationLayer(config, options) };

import { FormatError } from '@trainyard/keras-format';

import type { Shape } from '../shape.js';
import { Layer, type LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Where data enters a functional model: no computation, a shape and a dtype. */
export class InputLayer extends Layer {
  override readonly className = 'InputLayer';

  constructor(
    options: LayerOptions,
    readonly shape: Shape,
    readonly dtype: 'float32' | 'int32',
  ) {
    super(options);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override outputShapes(): readonly Shape[] {
    return [this.shape];
  }

  override call(): never {
    throw new FormatError('invalid_model', this.pointer, `layer "${this.name}": an input layer cannot be called`);
  }
}

/** Inputs hold float32 or int32; Keras's other dtypes are fed as the one that holds their values. */
export function inputDType(name: string | undefined): 'float32' | 'int32' {
  return name !== undefined && /^u?int|^bool/.test(name) ? 'int32' : 'float32';
}

export const inputLayer: LayerDefinition = {
  className: 'InputLayer',
  create(config, options) {
    const shape = config.shape('batch_input_shape') ?? config.shape('batch_shape');
    if (!shape) throw config.refuse('batch_input_shape', 'the shape of the input, its batch dimension first');
    return new InputLayer(options, shape, inputDType(config.string('dtype', 'float32')));
  },
};

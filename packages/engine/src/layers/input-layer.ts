import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
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

/**
 * Inputs hold float32 or int32; Keras's other dtypes are fed as the one that holds their values.
 * @param config of the layer; its `dtype` is float32 where it has none.
 * @throws FormatError for a dtype that Keras does not have.
 */
export function inputDType(config: ConfigReader): 'float32' | 'int32' {
  const name = config.string('dtype', 'float32');
  if (!/^(b?float(16|32|64)|u?int(8|16|32|64)|bool)$/.test(name)) throw config.refuse('dtype', 'a dtype of numbers, such as float32 or int32');
  return /^u?int|^bool/.test(name) ? 'int32' : 'float32';
}

export const inputLayer: LayerDefinition = {
  className: 'InputLayer',
  create(config, options) {
    const shape = config.shape('batch_input_shape') ?? config.shape('batch_shape');
    if (!shape) throw config.refuse('batch_input_shape', 'the shape of the input, its batch dimension first');
    return new InputLayer(options, shape, inputDType(config));
  },
};

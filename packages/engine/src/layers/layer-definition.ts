import type { LayerDescription } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import type { Layer, LayerOptions } from './layer.js';

/** What `create` may need besides the layer's own config. */
export interface CreateContext {
  /** Makes a layer that this one holds (`config.layer` of a wrapper). */
  createLayer(description: LayerDescription): Layer;
  readonly description: LayerDescription;
}

/** How a class of layers is made from its Keras config: one a file, all listed in the registry. */
export interface LayerDefinition {
  readonly className: string;
  create(config: ConfigReader, options: LayerOptions, context: CreateContext): Layer;
}

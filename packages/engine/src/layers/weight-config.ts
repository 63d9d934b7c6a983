import type { ConfigReader } from '../config/config-reader.js';
import { readConstraint } from '../constraints/constraint.js';
import { readInitializer } from '../initializers/registry.js';
import { readRegularizer } from '../regularizers/regularizer.js';
import type { WeightSpec } from './layer.js';

/** A weight before its shape is known. */
export type WeightConfig = Omit<WeightSpec, 'shape'>;

/**
 * The weight that `<prefix>_initializer`, `<prefix>_regularizer` and `<prefix>_constraint` of a config describe.
 * @param initializer Keras's default for it.
 * @param prefix the weight's name unless Keras's fields have another (`depthwise_kernel`: `depthwise`).
 */
export function readWeight(config: ConfigReader, name: string, initializer: string, prefix: string = name): WeightConfig {
  return {
    name,
    initializer: readInitializer(config, `${prefix}_initializer`, initializer),
    regularizer: readRegularizer(config, `${prefix}_regularizer`),
    constraint: readConstraint(config, `${prefix}_constraint`),
  };
}

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam, adamW } from './adam.js';
import { adamax } from './adamax.js';
import { nadam } from './nadam.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

/** Optimizers as Keras 3 means them, by their names in lower case, each with the arguments of its own. */
export const keras3Optimizers: ReadonlyMap<string, { create: (config: ConfigReader) => Optimizer; arguments: readonly string[] }> = new Map([
  ['adadelta', { create: adadelta, arguments: ['rho', 'epsilon'] }],
  ['adagrad', { create: adagrad, arguments: ['initial_accumulator_value', 'epsilon'] }],
  ['adam', { create: adam, arguments: ['beta_1', 'beta_2', 'epsilon', 'amsgrad'] }],
  ['adamax', { create: adamax, arguments: ['beta_1', 'beta_2', 'epsilon'] }],
  ['adamw', { create: adamW, arguments: ['beta_1', 'beta_2', 'epsilon', 'amsgrad'] }],
  ['nadam', { create: nadam, arguments: ['beta_1', 'beta_2', 'epsilon'] }],
  ['rmsprop', { create: rmsprop, arguments: ['rho', 'momentum', 'epsilon', 'centered'] }],
  ['sgd', { create: sgd, arguments: ['momentum', 'nesterov'] }],
]);

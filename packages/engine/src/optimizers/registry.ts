import { FormatError, type Json } from '@trainyard/keras-format';

import { ConfigReader } from '../config/config-reader.js';
import { readIdentifier } from '../config/identifier.js';
import { isKeras23, isKeras3 } from '../config/keras-version.js';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamax } from './adamax.js';
import { keras3Optimizers } from './keras3/registry.js';
import { COMMON_ARGUMENTS as KERAS3_ARGUMENTS } from './keras3/common.js';
import { nadam } from './nadam.js';
import type { Optimizer } from './optimizer.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

const optimizers: ReadonlyMap<string, { create: (config: ConfigReader) => Optimizer; arguments: readonly string[] }> = new Map([
  ['adadelta', { create: adadelta, arguments: ['lr', 'rho', 'epsilon', 'decay'] }],
  ['adagrad', { create: adagrad, arguments: ['lr', 'epsilon', 'decay'] }],
  ['adam', { create: adam, arguments: ['lr', 'beta_1', 'beta_2', 'epsilon', 'decay', 'amsgrad'] }],
  ['adamax', { create: adamax, arguments: ['lr', 'beta_1', 'beta_2', 'epsilon', 'decay'] }],
  ['nadam', { create: nadam, arguments: ['lr', 'beta_1', 'beta_2', 'epsilon', 'schedule_decay'] }],
  ['rmsprop', { create: rmsprop, arguments: ['lr', 'rho', 'epsilon', 'decay'] }],
  ['sgd', { create: sgd, arguments: ['lr', 'momentum', 'decay', 'nesterov'] }],
]);

const COMMON_ARGUMENTS = ['clipnorm', 'clipvalue'];

/**
 * The optimizer of a compile spec: a name in any case, or `{class_name, config}`. It means what Keras 3 means by it where the
 * config speaks Keras 3's (`learning_rate`), or where the model comes from Keras 3 and the config does not say `lr`; else what
 * Keras 2.0 means, as with the `learning_rate` of Keras 2.3.
 * @param kerasVersion the Keras that the model comes from.
 * @throws FormatError pointing into the spec: an unknown optimizer, an unknown or wrong argument.
 */
export function readOptimizer(value: Json, pointer: string, kerasVersion = '2.0.8'): Optimizer {
  const parent = new ConfigReader({ optimizer: value }, pointer.replace(/\/optimizer$/, ''));
  const identifier = readIdentifier(parent, 'optimizer');
  if (!identifier) throw parent.refuse('optimizer', 'the name of an optimizer, or an object with class_name and config');
  // tf-keras registers its optimizers under this prefix.
  const name = identifier.name.replace(/^Custom>/, '').toLowerCase();
  const config = isKeras23(kerasVersion) && optimizers.has(name) ? inKeras2Words(identifier.config) : identifier.config;
  const later = config.has('learning_rate') || (!config.has('lr') && (isKeras3(kerasVersion) || !optimizers.has(name)));
  const entry = (later ? keras3Optimizers : optimizers).get(name);
  if (!entry)
    throw new FormatError('unknown_optimizer', pointer, `unknown optimizer "${identifier.name}"; expected one of ${supportedOptimizers().join(', ')}`);
  const allowed = [...entry.arguments, ...(later ? KERAS3_ARGUMENTS : COMMON_ARGUMENTS)];
  for (const name of Object.keys(config.config))
    if (!allowed.includes(name)) throw new FormatError('invalid_config', config.at(name), `unknown argument; ${identifier.name} takes ${allowed.join(', ')}`);
  return entry.create(config);
}

/** Keras 2.3's `learning_rate` is 2.0's `lr`. */
function inKeras2Words(reader: ConfigReader): ConfigReader {
  const { learning_rate: rate, ...others } = reader.config;
  return rate === undefined ? reader : new ConfigReader({ ...others, lr: rate }, reader.pointer, reader.kerasVersion, { lr: 'learning_rate' });
}

/** Names of the optimizers that a compile spec may have. */
export function supportedOptimizers(): string[] {
  return [...new Set([...optimizers.keys(), ...keras3Optimizers.keys()])].sort();
}

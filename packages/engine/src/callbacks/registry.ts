import { at, FormatError, isJsonObject, type Json, quote } from '@trainyard/keras-format';

import { ConfigReader } from '../config/config-reader.js';
import type { Callback } from './callback.js';
import type { CallbackDefinition, CallbackEnvironment } from './callback-definition.js';
import { earlyStopping } from './early-stopping.js';
import { learningRateScheduler } from './learning-rate-scheduler.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { reduceLrOnPlateau } from './reduce-lr-on-plateau.js';
import { terminateOnNaN } from './terminate-on-nan.js';

/** The callbacks that need nothing but the training itself. */
export const callbackDefinitions: readonly CallbackDefinition[] = [earlyStopping, learningRateScheduler, modelCheckpoint, reduceLrOnPlateau, terminateOnNaN];

/**
 * Makes callbacks of their specs, in order.
 * @param more definitions that the caller adds (those that write files).
 * @throws FormatError pointing into the list: an unknown callback, an unknown or wrong argument.
 */
export function createCallbacks(specs: readonly Json[], environment: CallbackEnvironment, more: readonly CallbackDefinition[] = [], pointer = '/callbacks'): Callback[] {
  const known = new Map([...callbackDefinitions, ...more].map((definition) => [definition.className, definition]));
  return specs.map((spec, i) => {
    const place = at(pointer, i);
    if (!isJsonObject(spec) || typeof spec['class_name'] !== 'string')
      throw new FormatError('invalid_config', place, `expected an object with class_name and config, received ${quote(spec)}`);
    const definition = known.get(spec['class_name']);
    if (!definition)
      throw new FormatError('unknown_callback', at(place, 'class_name'), `unknown callback "${spec['class_name']}"; expected one of ${[...known.keys()].sort().join(', ')}`);
    const config = spec['config'] ?? {};
    if (!isJsonObject(config)) throw new FormatError('invalid_config', at(place, 'config'), `expected an object, received ${quote(config)}`);
    const reader = new ConfigReader(config, at(place, 'config'));
    for (const name of Object.keys(config))
      if (!definition.arguments.includes(name))
        throw new FormatError('invalid_config', reader.at(name), `unknown argument; ${definition.className} takes ${definition.arguments.join(', ')}`);
    return definition.create(reader, environment);
  });
}

import { isJsonObject } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { lookUp, readIdentifier } from '../config/identifier.js';

/** The learning rate of an epoch, counted from 0. */
export type Schedule = (epoch: number) => number;

function numbers(config: ConfigReader, name: string): number[] {
  const value = config.raw(name);
  if (!Array.isArray(value) || value.length === 0 || !value.every((entry) => typeof entry === 'number')) throw config.refuse(name, 'a list of numbers');
  return value;
}

const initialRate = (config: ConfigReader): number => config.number('initial_learning_rate', { min: 0 });
const decaySteps = (config: ConfigReader): number => {
  const steps = config.number('decay_steps');
  if (steps <= 0) throw config.refuse('decay_steps', 'a number above 0');
  return steps;
};

/** initial · rate^(epoch / steps); with `staircase` the exponent is rounded down: a step every `decay_steps`. */
function exponentialDecay(config: ConfigReader): Schedule {
  const [initial, steps, rate, staircase] = [initialRate(config), decaySteps(config), config.number('decay_rate', { min: 0 }), config.boolean('staircase', false)];
  return (epoch) => initial * rate ** (staircase ? Math.floor(epoch / steps) : epoch / steps);
}

/** The first of `values` up to and including the first of `boundaries`, and so on; one value more than boundaries. */
function piecewiseConstantDecay(config: ConfigReader): Schedule {
  const [boundaries, values] = [numbers(config, 'boundaries'), numbers(config, 'values')];
  if (boundaries.some((boundary, i) => i > 0 && boundary <= (boundaries[i - 1] ?? 0))) throw config.refuse('boundaries', 'numbers that rise');
  if (values.length !== boundaries.length + 1) throw config.refuse('values', `${boundaries.length + 1} numbers: one more than boundaries`);
  return (epoch) => values[boundaries.filter((boundary) => epoch > boundary).length] ?? 0;
}

/** From initial to end as (1 − epoch / steps)^power; with `cycle` `decay_steps` is multiplied until it lies ahead. */
function polynomialDecay(config: ConfigReader): Schedule {
  const [initial, steps] = [initialRate(config), decaySteps(config)];
  const end = config.number('end_learning_rate', { min: 0, otherwise: 1e-4 });
  const power = config.number('power', { otherwise: 1 });
  const cycle = config.boolean('cycle', false);
  return (epoch) => {
    const length = cycle ? steps * Math.max(1, Math.ceil(epoch / steps)) : steps;
    return (initial - end) * (1 - Math.min(epoch, length) / length) ** power + end;
  };
}

const classes: ReadonlyMap<string, (config: ConfigReader) => Schedule> = new Map([
  ['ExponentialDecay', exponentialDecay],
  ['PiecewiseConstantDecay', piecewiseConstantDecay],
  ['PolynomialDecay', polynomialDecay],
]);

/**
 * A schedule as data, where Keras takes a function: a list of rates, one an epoch, of which the last one stays; or one of
 * Keras's own classes (keras.optimizers.schedules) as `{class_name, config}`, their steps being epochs.
 */
export function readSchedule(config: ConfigReader, name: string): Schedule {
  const value = config.raw(name);
  if (isJsonObject(value)) {
    const identifier = readIdentifier(config, name);
    if (identifier) return lookUp(classes, identifier.name, 'schedule', config.at(name))(identifier.config);
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every((rate) => typeof rate === 'number' && rate >= 0))
    throw config.refuse(name, `a list of learning rates, one for each epoch, or one of ${[...classes.keys()].join(', ')}`);
  const rates = value as number[];
  return (epoch) => rates[Math.min(epoch, rates.length - 1)] ?? 0;
}

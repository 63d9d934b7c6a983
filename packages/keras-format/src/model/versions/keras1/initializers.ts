import type { Json, JsonObject } from '../../../json.js';

const scaled = (scale: number, mode: string, distribution: string): Json => initializer('VarianceScaling', { scale, mode, distribution, seed: null });
const uniform = (): Json => initializer('RandomUniform', { minval: -0.05, maxval: 0.05, seed: null });

/**
 * Keras 1's functions as Keras 2's classes. Two differ from what Keras 2 makes of the same names: the normal
 * distributions are not truncated (the version of the model tells: its config says `normal` as Keras 2's does), and an
 * orthogonal matrix is scaled by 1.1.
 */
const initializers: ReadonlyMap<string, () => Json> = new Map([
  ['uniform', uniform],
  ['normal', () => initializer('RandomNormal', { mean: 0, stddev: 0.05, seed: null })],
  ['glorot_uniform', () => scaled(1, 'fan_avg', 'uniform')],
  ['glorot_normal', () => scaled(1, 'fan_avg', 'normal')],
  ['he_uniform', () => scaled(2, 'fan_in', 'uniform')],
  ['he_normal', () => scaled(2, 'fan_in', 'normal')],
  ['lecun_uniform', () => scaled(1, 'fan_in', 'uniform')],
  ['orthogonal', () => initializer('Orthogonal', { gain: 1.1, seed: null })],
  ['identity', () => initializer('Identity', { gain: 1 })],
  ['zero', () => initializer('Zeros', {})],
  ['one', () => initializer('Ones', {})],
]);

/** An initializer that Keras 1 does not have stays as it is, for whoever reads the model to refuse. */
export function initializerOf(value: Json): Json {
  const known = typeof value === 'string' ? initializers.get(value) : undefined;
  return known ? known() : value;
}

function initializer(className: string, config: JsonObject): Json {
  return { class_name: className, config };
}

import * as tf from '@tensorflow/tfjs-core';
import { FormatError, isKeras1 } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { lookUp, readIdentifier } from '../config/identifier.js';
import { kernels, runKernel } from '../ops/kernels.js';
import { randomNormal, randomUniform, truncatedNormal } from '../ops/random.js';
import { computeFans } from './fans.js';
import type { Initializer } from './initializer.js';

type Factory = (config: ConfigReader) => Initializer;

function seedOf(config: ConfigReader): number | undefined {
  return config.has('seed') ? config.integer('seed') : undefined;
}

function constant(value: number): Initializer {
  return { seed: undefined, draw: (shape) => tf.fill([...shape], value) };
}

function uniform(seed: number | undefined, min: number, max: number): Initializer {
  return { seed, draw: (shape, at) => tf.add(tf.mul(randomUniform(at, shape), max - min), min) };
}

/** Keras's VarianceScaling: deviation √(scale / n) or uniform within ±√(3·scale / n), n by `mode`. */
function varianceScaling(scale: number, mode: 'fan_in' | 'fan_out' | 'fan_avg', named: string, { seed, kerasVersion }: { seed: number | undefined; kerasVersion: string }): Initializer {
  // Keras 1 does not truncate the normal distributions of the names that Keras 2 shares with it.
  const distribution = named === 'normal' && isKeras1(kerasVersion) ? 'untruncated_normal' : named;
  return {
    seed,
    draw: (shape, at) => {
      const { fanIn, fanOut } = computeFans(shape);
      const n = mode === 'fan_in' ? fanIn : mode === 'fan_out' ? fanOut : (fanIn + fanOut) / 2;
      const variance = scale / Math.max(1, n);
      if (distribution === 'uniform') {
        const limit = Math.sqrt(3 * variance);
        return tf.sub(tf.mul(randomUniform(at, shape), 2 * limit), limit);
      }
      const deviation = Math.sqrt(variance);
      // Keras 2.0's "normal" is truncated, and its deviation is not corrected for the truncation; later versions name the
      // corrected one truncated_normal.
      if (distribution === 'normal') return tf.mul(truncatedNormal(at, shape), deviation);
      if (distribution === 'untruncated_normal') return tf.mul(randomNormal(at, shape), deviation);
      return tf.mul(truncatedNormal(at, shape), deviation / 0.8796256610342398);
    },
  };
}

function identity(gain: number, pointer: string): Initializer {
  return {
    seed: undefined,
    draw: (shape) => {
      const [rows = 0, columns = 0] = shape;
      if (shape.length !== 2 || rows !== columns)
        throw new FormatError('invalid_config', pointer, `Identity: expected a square matrix, received a weight of shape [${shape.join(', ')}]`);
      return tf.mul(tf.eye(rows), gain);
    },
  };
}

/**
 * Keras's Orthogonal: a matrix of orthonormal rows or columns, evenly distributed, from a normal one; a weight of more
 * dimensions is flattened to [product of the others, last]. Keras takes a factor of the singular value decomposition, whose
 * distribution is the same but for signs.
 */
function orthogonal(gain: number, seed: number | undefined, pointer: string): Initializer {
  return {
    seed,
    draw: (shape, at) => {
      const columns = shape.at(-1) ?? 1;
      const rows = shape.slice(0, -1).reduce((product, dimension) => product * dimension, 1);
      if (shape.length < 2)
        throw new FormatError('invalid_config', pointer, `Orthogonal: expected a weight of at least 2 dimensions, received one of shape [${shape.join(', ')}]`);
      const tall = runKernel(kernels.orthogonalFactor, { x: randomNormal(at, rows >= columns ? [rows, columns] : [columns, rows]) });
      return tf.mul(tf.reshape(rows >= columns ? tall : tf.transpose(tall), [...shape]), gain);
    },
  };
}

const scaled =
  (scale: number, mode: 'fan_in' | 'fan_avg', distribution: 'uniform' | 'normal'): Factory =>
  (config) =>
    varianceScaling(scale, mode, distribution, { seed: seedOf(config), kerasVersion: config.kerasVersion });

const zeros: Factory = () => constant(0);
const ones: Factory = () => constant(1);
const constantOf: Factory = (config) => constant(config.number('value', { otherwise: 0 }));
const randomUniformOf: Factory = (config) => uniform(seedOf(config), config.number('minval', { otherwise: -0.05 }), config.number('maxval', { otherwise: 0.05 }));
const randomNormalOf: Factory = (config) => {
  const mean = config.number('mean', { otherwise: 0 });
  const deviation = config.number('stddev', { otherwise: 0.05 });
  return { seed: seedOf(config), draw: (shape, at) => tf.add(tf.mul(randomNormal(at, shape), deviation), mean) };
};
const truncatedNormalOf: Factory = (config) => {
  const mean = config.number('mean', { otherwise: 0 });
  const deviation = config.number('stddev', { otherwise: 0.05 });
  return { seed: seedOf(config), draw: (shape, at) => tf.add(tf.mul(truncatedNormal(at, shape), deviation), mean) };
};
const varianceScalingOf: Factory = (config) =>
  varianceScaling(
    config.number('scale', { otherwise: 1 }),
    config.oneOf('mode', ['fan_in', 'fan_out', 'fan_avg'], 'fan_in'),
    config.oneOf('distribution', ['normal', 'uniform', 'truncated_normal', 'untruncated_normal'], 'normal'),
    { seed: seedOf(config), kerasVersion: config.kerasVersion },
  );
const orthogonalOf: Factory = (config) => orthogonal(config.number('gain', { otherwise: 1 }), seedOf(config), config.pointer);
const identityOf: Factory = (config) => identity(config.number('gain', { otherwise: 1 }), config.pointer);

/** Keras's class names and the function names that configs carry for them. */
const table: ReadonlyMap<string, Factory> = new Map<string, Factory>([
  ['Zeros', zeros],
  ['zeros', zeros],
  ['zero', zeros],
  ['Ones', ones],
  ['ones', ones],
  ['one', ones],
  ['Constant', constantOf],
  ['constant', constantOf],
  ['RandomUniform', randomUniformOf],
  ['random_uniform', randomUniformOf],
  ['uniform', randomUniformOf],
  ['RandomNormal', randomNormalOf],
  ['random_normal', randomNormalOf],
  ['normal', randomNormalOf],
  ['TruncatedNormal', truncatedNormalOf],
  ['truncated_normal', truncatedNormalOf],
  ['VarianceScaling', varianceScalingOf],
  ['variance_scaling', varianceScalingOf],
  ['glorot_uniform', scaled(1, 'fan_avg', 'uniform')],
  ['GlorotUniform', scaled(1, 'fan_avg', 'uniform')],
  ['glorot_normal', scaled(1, 'fan_avg', 'normal')],
  ['GlorotNormal', scaled(1, 'fan_avg', 'normal')],
  ['he_uniform', scaled(2, 'fan_in', 'uniform')],
  ['HeUniform', scaled(2, 'fan_in', 'uniform')],
  ['he_normal', scaled(2, 'fan_in', 'normal')],
  ['HeNormal', scaled(2, 'fan_in', 'normal')],
  ['lecun_uniform', scaled(1, 'fan_in', 'uniform')],
  ['LecunUniform', scaled(1, 'fan_in', 'uniform')],
  ['lecun_normal', scaled(1, 'fan_in', 'normal')],
  ['LecunNormal', scaled(1, 'fan_in', 'normal')],
  ['Orthogonal', orthogonalOf],
  ['orthogonal', orthogonalOf],
  ['Identity', identityOf],
  ['identity', identityOf],
]);

/** Names of the initializers that a weight may have: classes and functions. */
export function supportedInitializers(): string[] {
  return [...table.keys()];
}

/** The initializer in a layer's field, or the one named `otherwise`. */
export function readInitializer(reader: ConfigReader, name: string, otherwise: string): Initializer {
  const identifier = readIdentifier(reader, name, otherwise);
  if (!identifier) throw reader.refuse(name, 'an initializer');
  return lookUp(table, identifier.name, 'initializer', reader.at(name))(identifier.config);
}

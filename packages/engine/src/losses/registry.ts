import {
  binaryCrossentropy,
  categoricalCrossentropy,
  categoricalHinge,
  hinge,
  kullbackLeiblerDivergence,
  sparseCategoricalCrossentropy,
  squaredHinge,
} from './classification.js';
import type { Loss } from './loss.js';
import {
  cosineProximity,
  logcosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
} from './regression.js';

/** The losses by the names of their functions in Keras, by which metrics are reported too. */
export const losses: ReadonlyMap<string, Loss> = new Map<string, Loss>([
  ['mean_squared_error', meanSquaredError],
  ['mean_absolute_error', meanAbsoluteError],
  ['mean_absolute_percentage_error', meanAbsolutePercentageError],
  ['mean_squared_logarithmic_error', meanSquaredLogarithmicError],
  ['squared_hinge', squaredHinge],
  ['hinge', hinge],
  ['categorical_hinge', categoricalHinge],
  ['logcosh', logcosh],
  ['categorical_crossentropy', categoricalCrossentropy],
  ['sparse_categorical_crossentropy', sparseCategoricalCrossentropy],
  ['binary_crossentropy', binaryCrossentropy],
  ['kullback_leibler_divergence', kullbackLeiblerDivergence],
  ['poisson', poisson],
  ['cosine_proximity', cosineProximity],
]);

/** Keras's short names. */
export const lossAliases: ReadonlyMap<string, string> = new Map([
  ['mse', 'mean_squared_error'],
  ['MSE', 'mean_squared_error'],
  ['mae', 'mean_absolute_error'],
  ['MAE', 'mean_absolute_error'],
  ['mape', 'mean_absolute_percentage_error'],
  ['MAPE', 'mean_absolute_percentage_error'],
  ['msle', 'mean_squared_logarithmic_error'],
  ['MSLE', 'mean_squared_logarithmic_error'],
  ['kld', 'kullback_leibler_divergence'],
  ['KLD', 'kullback_leibler_divergence'],
  ['cosine', 'cosine_proximity'],
]);

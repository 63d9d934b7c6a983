import type { Loss } from '../losses/loss.js';

/** A metric has a loss's form: one value a sample; its mean is reported. Formulas: Keras 2.0's metrics.py. */
export type Metric = Loss;

import type { SuiteName } from '../options.js';
import { data } from './data.js';
import { fit } from './fit.js';
import { growth } from './growth.js';
import { h5 } from './h5.js';
import { jobs } from './jobs.js';
import { predict } from './predict.js';
import type { Suite } from './suite.js';

export const suites: Readonly<Record<SuiteName, Suite>> = { fit, growth, h5, jobs, data, predict };

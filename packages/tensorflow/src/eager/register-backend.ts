import * as tf from '@tensorflow/tfjs-core';

import type { TensorFlowConfig } from '../config/config-proto.js';
import { tfjsBackends } from '../graph/tfjs-backends.js';
import { loadTensorFlow } from '../library/tensorflow.js';
import { EAGER_BACKEND } from './node-backend.js';

/**
 * Makes eager TensorFlow tfjs's backend, under tfjs-node's name for it, `tensorflow`: what
 * `require('@tensorflow/tfjs-node')` does, without its addon, and with a config.
 * @param options.library The path of `libtensorflow_cc.so.2` or of its folder: see `findLibrary`.
 * @param options.config What the context is told, which the first tensor makes.
 */
export async function registerTensorFlowBackend({ library, config = {} }: { readonly library: string; readonly config?: TensorFlowConfig }): Promise<void> {
  tfjsBackends(loadTensorFlow(library), config);
  await tf.setBackend(EAGER_BACKEND);
}

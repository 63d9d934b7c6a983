import './node-util.js';

import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
// Registers tfjs-node's kernels for the backend 'tensorflow'. Neither file loads tfjs-node's addon: its index does.
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js';

export { NodeJSKernelBackend };

/** The name that tfjs-node's kernels are registered for, and look their binding up by. */
export const EAGER_BACKEND = 'tensorflow';
/** The same kernels over the tracing binding. */
export const GRAPH_BACKEND = 'tensorflow-graph';
/** For tfjs-node's backend: the variant whose kernels support what a GPU does. libtensorflow on CPU does, too. */
export const PACKAGE_NAME = '@tensorflow/tfjs-node-gpu';

// What esbuild bundles: every spec of tfjs-core, told to run on one backend.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import './environment.mjs'; // before the specs, which ask for it when they are defined
import '@tensorflow/tfjs-core/dist/tests';

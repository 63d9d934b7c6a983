import { runPredict } from '../predict/run-predict.js';
import { predictFigures, predictMarkdown } from '../report/predict.js';
import type { Suite } from './suite.js';

/** Predictions through HTTP, beside other servers of models; tensors as bytes and as JSON; a model that is not loaded. */
export const predict: Suite = {
  key: 'predict',
  run: async ({ options: { models, repeats, seconds, scale }, env, tools, machine, say, keep }) => {
    const packages = await tools.ensureServingPeers(env);
    const run = await runPredict(tools.startService, env, { packages, models, rounds: repeats, seconds, scale, say });
    const figures = predictFigures(run, repeats, machine);
    await keep(figures);
    return { markdown: predictMarkdown(figures), failed: false };
  },
};

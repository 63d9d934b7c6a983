import { dataCases, runData } from '../data/run-data.js';
import { dataFigures, dataMarkdown } from '../report/data.js';
import type { Suite } from './suite.js';

/** Training streamed from S3, beside the same training from memory; reading; peak memory. */
export const data: Suite = {
  key: 'data',
  run: async ({ options: { repeats, scale }, env, machine, say, keep }) => {
    const figures = dataFigures(await runData(env, { cases: dataCases, repeats, scale, say: (text) => say(`data: ${text}`) }), machine);
    await keep(figures);
    return { markdown: dataMarkdown(figures), failed: false };
  },
};

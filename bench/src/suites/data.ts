import { dataCases } from '../data/data-case.js';
import { runData } from '../data/run-data.js';
import { dataFigures, dataMarkdown } from '../report/data.js';
import type { Suite } from './suite.js';

/** Training streamed from S3, beside the same training from memory; reading, beside bare GETs and Python; peak memory. */
export const data: Suite = {
  key: 'data',
  run: async ({ options: { repeats, scale }, env, tools, machine, say, keep }) => {
    const peers = await tools.ensurePeers(env).catch((error: Error) => {
      if (error.name !== 'SetupError') throw error;
      say(`data: Python's readers are left out: ${error.message}`);
      return undefined;
    });
    const cases = dataCases.map(({ name }) => name);
    const figures = dataFigures(await runData(env, { cases, repeats, scale, peers, say: (text) => say(`data: ${text}`) }), machine);
    await keep(figures);
    return { markdown: dataMarkdown(figures), failed: false };
  },
};

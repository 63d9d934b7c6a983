import { type Case, readCases } from '../cases.js';
import { startBuilder } from '../contenders/ours.js';
import { runGrowth } from '../measure/growth.js';
import { growthFigures, growthMarkdown } from '../report/growth.js';
import type { Suite } from './suite.js';

const CASE = 'lstm_seq';
const LENGTHS = [50, 100, 200, 400, 800];

/** What building a recurrent model costs, by the number of time steps. */
export const growth: Suite = {
  key: 'growth',
  run: async ({ options, env, machine, say, keep }) => {
    const [case_] = (await readCases([CASE])) as [Case];
    const figures = growthFigures(CASE, await runGrowth(() => startBuilder(env), case_, LENGTHS, options.repeats, say), machine);
    await keep(figures);
    return { markdown: growthMarkdown(figures), failed: false };
  },
};

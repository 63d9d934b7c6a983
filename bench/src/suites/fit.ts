import { readCases } from '../cases.js';
import { startBuilder, startOurs } from '../contenders/ours.js';
import { startPeer } from '../contenders/peers.js';
import { buildInTurns } from '../measure/build-case.js';
import { runCase } from '../measure/run-case.js';
import { type CaseFigures, figuresOf } from '../report/figures.js';
import { markdown } from '../report/markdown.js';
import type { Suite } from './suite.js';

/** Processes that build a case's model, each once. */
const MOST_BUILDINGS = 3;

/** The cases: training, prediction, first step, memory, beside real Keras. */
export const fit: Suite = {
  key: 'cases',
  run: async ({ options, env, tools, machine, say, keep }) => {
    const cases = await readCases(options.cases);
    const packages = await tools.ensurePeers(env);
    const peers = new Map(options.peers.map((name) => [name, () => startPeer(name, packages, env)]));
    const figures: CaseFigures[] = [];
    for (const case_ of cases) {
      const run = await runCase(case_, () => startOurs(env), peers, { ...options, onProgress: say });
      say(`${case_.name}: building`);
      const building = run.ours ? await buildInTurns(() => startBuilder(env), case_, Math.min(MOST_BUILDINGS, options.repeats)) : undefined;
      figures.push(figuresOf(run, { repeats: options.repeats, machine, building }));
      await keep(figures);
    }
    return { markdown: markdown(figures), failed: figures.some(({ failures }) => Object.keys(failures).length > 0) };
  },
};

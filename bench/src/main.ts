import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { readCases } from './cases.js';
import { startOurs } from './contenders/ours.js';
import { type PeerPackages, startPeer } from './contenders/peers.js';
import { describeMachine } from './measure/machine.js';
import { runCase } from './measure/run-case.js';
import { parseOptions, USAGE } from './options.js';
import { type CaseFigures, figuresOf } from './report/figures.js';
import { markdown } from './report/markdown.js';
import { UsageError } from './usage-error.js';

/**
 * `npm run bench`: the table on standard output, progress on standard error.
 * @param ensurePeers installs the peers' packages where they are missing.
 * @returns the exit code: 1 when a contender failed, 2 for an unknown option. No figure fails it, nor a case that the engine does not support.
 */
export async function main(args: readonly string[], ensurePeers: (env: NodeJS.ProcessEnv) => Promise<PeerPackages>, env: NodeJS.ProcessEnv = process.env): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(USAGE);
      return 0;
    }
    const cases = await readCases(options.cases);
    const packages = await ensurePeers(env);
    const peers = new Map(options.peers.map((name) => [name, () => startPeer(name, packages, env)]));
    const machine = describeMachine();
    const figures: CaseFigures[] = [];
    for (const case_ of cases) {
      const run = await runCase(case_, () => startOurs(env), peers, { ...options, onProgress: (text) => console.error(text) });
      figures.push(figuresOf(run, options.repeats, machine));
      // After every case: a long run that is interrupted has not measured for nothing.
      if (options.json !== undefined) await writeJson(options.json, figures);
    }
    console.log(markdown(figures, new Date().toISOString().slice(0, 10)));
    return figures.some(({ failures }) => Object.keys(failures).length > 0) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function writeJson(file: string, cases: readonly CaseFigures[]): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, `${JSON.stringify({ cases }, undefined, 1)}\n`);
}

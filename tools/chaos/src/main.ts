import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeMachine } from '@trainyard/bench/tools';
import { inLanes } from './lanes.js';
import { parseOptions, UsageError, type Options } from './options.js';
import { writePage, type RunDetails } from './report/page.js';
import { summaryText, trialText } from './report/text.js';
import { runTrial, type TrialResult } from './run-trial.js';
import { scheduleOf } from './schedule.js';
import { Sites } from './site/sites.js';
import { trials } from './trials/registry.js';
import type { Trial } from './trials/trial.js';

const USAGE = `npm run chaos -- [--trial NAME]… [--short] [--within SECONDS] [--json FILE] [--seed N]

Runs the service, breaks things, heals them, and checks every promise.
  --trial  ${trials.map(({ name, title }) => `${name}: ${title}`).join('\n           ')}
           (default: all)
  --short  a small part of it, several trials at once, without ${namesOf(trials.filter(({ onlyInFull }) => onlyInFull)).join(' and ')}: minutes;
           times are not judged then, as the machine does much at once
  --within no trial begins later; what it promises is skipped, and counted
  --json   write what was found to this file too
  --seed   repeats the random moments of another run

Without --short what was found is written into docs/reliability.md. Exits 1 when a promise was broken, or a trial broke off.`;

/**
 * `npm run chaos`: what was found on standard output, progress on standard error.
 * @returns the exit code: 1 when a promise was broken, 2 for an unknown option.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const known = { full: namesOf(trials), short: namesOf(trials.filter(({ onlyInFull }) => !onlyInFull)) };
    const options = parseOptions(args, known, Math.floor(Math.random() * 2 ** 32));
    if (options.help) {
      console.log(USAGE);
      return 0;
    }
    const sites = new Sites(options.short);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sites.close().finally(() => process.exit(130)));
    const details: RunDetails = { machine: describeMachine(), date: new Date().toISOString().slice(0, 10), seed: options.seed };
    const results = await runAll(options, sites);
    if (!options.short) await writePage(results, details);
    if (options.json !== undefined) await writeJson(options.json, { ...details, short: options.short, trials: results });
    console.log(`seed ${options.seed}\n`);
    for (const result of results) console.log(`${trialText(result)}\n`);
    const summary = summaryText(results);
    console.log(summary);
    return / 0 failed/.test(summary) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

function namesOf(some: readonly Trial[]): string[] {
  return some.map(({ name }) => name);
}

/** The results in the order in which trials are listed. */
async function runAll({ trials: names, short, within = Infinity, seed }: Options, sites: Sites): Promise<TrialResult[]> {
  const started = performance.now();
  const say = (text: string): void => console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(7)} ${text}`);
  const results = new Map<string, TrialResult>();
  const tooLate = (): string | undefined => (performance.now() - started > within * 1000 ? `not begun, as ${within} s were over` : undefined);
  const run = async (trial: Trial): Promise<void> => void results.set(trial.name, await runTrial(trial, { short, seed, notRun: tooLate(), sites, say }));
  const chosen = trials.filter(({ name }) => names.includes(name));
  for (const lanes of scheduleOf(chosen, short)) await inLanes(lanes.length, lanes, async (lane) => void (await inLanes(1, lane, run)));
  return chosen.flatMap(({ name }) => results.get(name) ?? []);
}

async function writeJson(file: string, found: object): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, `${JSON.stringify(found, undefined, 1)}\n`);
}

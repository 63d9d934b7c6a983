import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describeMachine, machineText } from './measure/machine.js';
import { parseOptions, USAGE } from './options.js';
import { suites } from './suites/registry.js';
import type { SuiteContext, SuiteResult, Tools } from './suites/suite.js';
import { UsageError } from './usage-error.js';

/**
 * `npm run bench`: tables on standard output, progress on standard error.
 * @returns the exit code: 1 when a contender or a suite failed, 2 for an unknown option. No figure fails it, nor a case that the engine does not support.
 */
export async function main(args: readonly string[], tools: Tools, env: NodeJS.ProcessEnv = process.env): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(USAGE);
      return 0;
    }
    const machine = describeMachine();
    const common = { options, env, tools, machine, say: (text: string) => console.error(text) };
    const kept: Record<string, unknown> = {};
    const texts = [machineText(machine, new Date().toISOString().slice(0, 10))];
    let failed = false;
    for (const name of options.suites) {
      const { key, run } = suites[name];
      const keep: SuiteContext['keep'] = async (figures) => {
        kept[key] = figures;
        if (options.json !== undefined) await writeJson(options.json, kept);
      };
      const result = await run({ ...common, keep }).catch((error: Error) => failure(name, error));
      texts.push(result.markdown);
      failed ||= result.failed;
    }
    console.log(`${texts.join('\n\n')}\n`);
    return failed ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** What a suite that broke off leaves: the others are run all the same. @throws what the user can mend. */
function failure(suite: string, error: Error): SuiteResult {
  if (error instanceof UsageError || error.name === 'SetupError') throw error;
  console.error(error);
  return { markdown: `### The suite ${suite} failed\n\n${error.message}`, failed: true };
}

async function writeJson(file: string, figures: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, `${JSON.stringify(figures, undefined, 1)}\n`);
}

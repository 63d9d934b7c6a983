import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { CpuRuntime, type Runtime } from '@trainyard/engine';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import { type CaseResult, runCase } from './run-case.js';

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string' },
    case: { type: 'string', multiple: true },
    runtime: { type: 'string', default: 'tensorflow' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const USAGE = `npm run golden -- [--dir DIR] [--case NAME]… [--runtime tensorflow|cpu] [--verbose]

Runs every case in DIR (default: tests/golden) through the engine and compares it with genuine Keras's numbers: a line a case
with the largest error, then a total. Exits 1 if a number is beyond its tolerance (tests/golden/GOLDENS.md).`;

function createRuntime(): Runtime {
  if (options.runtime === 'cpu') return new CpuRuntime();
  if (options.runtime === 'tensorflow') return createTensorFlowRuntime({ library: findLibrary(process.env) });
  throw new Error(`--runtime: expected tensorflow or cpu, received ${options.runtime}`);
}

async function caseNames(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  const asked = options.case;
  if (!asked) return names;
  const missing = asked.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`--case: expected a folder of ${dir}, received ${missing.join(', ')}`);
  return asked;
}

function report(name: string, result: CaseResult): boolean {
  if (result.kind === 'not-supported') {
    console.log(`${name}: not supported: ${result.reason}`);
    return true;
  }
  const { comparison, notSupported } = result;
  const rest = notSupported.length > 0 ? `; not supported: ${notSupported.length} (${notSupported.slice(0, options.verbose ? undefined : 3).join('; ')}${notSupported.length > 3 && !options.verbose ? '; …' : ''})` : '';
  const largest = comparison.largestPlace ? `largest error ${comparison.largest.toExponential(2)} (${comparison.largestPlace})` : 'no error';
  console.log(`${name}: ${comparison.passed ? 'ok' : 'FAILED'}, ${largest}, ${comparison.compared} numbers${rest}`);
  for (const { place, text } of comparison.faults.slice(0, options.verbose ? undefined : 5)) console.log(`    ${place}: ${text}`);
  if (comparison.faults.length > 5 && !options.verbose) console.log(`    … and ${comparison.faults.length - 5} more`);
  return comparison.passed;
}

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const dir = path.resolve(options.dir ?? path.join(import.meta.dirname, '../../../tests/golden'));
  const runtime = createRuntime();
  const count = { passed: 0, failed: 0, notSupported: 0 };
  for (const name of await caseNames(dir)) {
    let passed: boolean;
    try {
      const result = await runCase(path.join(dir, name), runtime);
      if (!result) continue;
      if (result.kind === 'not-supported') count.notSupported++;
      passed = report(name, result);
      if (result.kind === 'not-supported') continue;
    } catch (error) {
      console.log(`${name}: FAILED: ${(error as Error).stack ?? String(error)}`);
      passed = false;
    }
    if (passed) count.passed++;
    else count.failed++;
  }
  runtime.dispose();
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.notSupported} skipped`);
  if (count.failed > 0 || count.passed === 0) process.exitCode = 1;
}

await main();

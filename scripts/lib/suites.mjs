import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';
import { seconds } from './terminal.mjs';

/**
 * A suite is `{ name, title, kind, args }`: a Node program, run at the root with standard input closed. `kind` says how its
 * tests are counted:
 * - `single`: the program is one test, passed when it exits with 0;
 * - `vitest`: by Vitest's JSON report;
 * - `summary`: by its last line, `N passed, M failed` or `N passed, M failed, K skipped`.
 * A program that fails without having counted a failed test counts as one: a crash never looks like success.
 */

export const noTests = { passed: 0, failed: 0, skipped: 0 };

export const addCounts = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });

/** `12 passed, 0 failed`, and `, 3 skipped` only where some are. */
export const summaryLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/**
 * Runs a suite, passes its output to `write`, and answers its counts.
 *
 * @param {{ name: string, title: string, kind: string, args: string[] }} suite
 * @param {(text: string) => unknown} write
 */
export async function runSuite(suite, write = (text) => process.stdout.write(text)) {
  write(`\n== ${suite.title}\n`);
  const started = performance.now();
  const counts = suite.kind === 'vitest' ? await runVitest(suite, write) : await runProgram(suite, write);
  write(`== ${suite.title}: ${summaryLine(counts)} (${seconds(performance.now() - started)})\n`);
  return counts;
}

async function runProgram(suite, write) {
  const { code, lastLine } = await execute(suite.args, write);
  if (suite.kind === 'single') return code === 0 ? { ...noTests, passed: 1 } : { ...noTests, failed: 1 };
  return withExitCode(parseSummary(lastLine), code);
}

async function runVitest(suite, write) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-test-'));
  const report = path.join(folder, 'report.json');
  try {
    const { code } = await execute([...suite.args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], write);
    const counts = await readFile(report, 'utf8').then(
      (text) => countVitest(JSON.parse(text)),
      () => undefined,
    );
    return withExitCode(counts, code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The counts of Vitest's report. A file that could not be loaded has no tests in it and counts as one that failed. */
export function countVitest(report) {
  const counts = { ...noTests };
  for (const file of report.testResults) {
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) counts.failed += 1;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
  }
  return counts;
}

/** The counts in a line `N passed, M failed[, K skipped]`, or undefined. */
export function parseSummary(line) {
  const found = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line);
  return found === null ? undefined : { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) };
}

/** Counts nothing as success that the exit code, or a missing report, contradicts. */
export function withExitCode(counts, code) {
  if (counts === undefined) return { ...noTests, failed: 1 };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Runs a Node program and passes its output on. */
function execute(args, write) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    let lastLine = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk) => {
      write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      lastLine = lines.findLast((line) => line.trim() !== '') ?? lastLine;
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', write);
    child.on('error', (error) => {
      write(`${error}\n`);
      resolve({ code: 1, lastLine: '' });
    });
    child.on('close', (code) => resolve({ code: code ?? 1, lastLine: (rest.trim() || lastLine).trim() }));
  });
}

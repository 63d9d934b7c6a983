import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { countVitest, parseSummary, runSuite, summaryLine, withExitCode } from '../../scripts/lib/suites.mjs';
import { suites } from '../../scripts/lib/suite-list.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** Runs a suite whose program is this source. */
async function runProgram(kind: string, source: string): Promise<{ passed: number; failed: number; skipped: number }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-suite-'));
  const file = path.join(folder, 'suite.mjs');
  await writeFile(file, source);
  try {
    return await runSuite({ name: 'x', title: 'x', kind, args: [file] }, () => true);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('counting tests', () => {
  it('writes skipped tests only where there are any', () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(summaryLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('reads what it writes, and nothing else', () => {
    for (const counts of [{ passed: 3, failed: 0, skipped: 0 }, { passed: 0, failed: 1, skipped: 2 }]) expect(parseSummary(summaryLine(counts))).toEqual(counts);
    for (const line of ['', 'ok', '3 passed', 'about 3 passed, 0 failed', '3 passed, 0 failed!']) expect(parseSummary(line)).toBeUndefined();
  });

  it('counts a crash, a missing report and a contradiction as a failure', () => {
    expect(withExitCode(undefined, 0).failed).toBe(1);
    expect(withExitCode({ passed: 5, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
    expect(withExitCode({ passed: 5, failed: 2, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 2, skipped: 0 });
    expect(withExitCode({ passed: 5, failed: 0, skipped: 0 }, 0)).toEqual({ passed: 5, failed: 0, skipped: 0 });
  });

  it('counts Vitest’s tests, and a file that could not be loaded as one that failed', () => {
    const test = (status: string): { status: string } => ({ status });
    const report = {
      testResults: [
        { status: 'passed', assertionResults: ['passed', 'passed', 'skipped', 'todo', 'pending'].map(test) },
        { status: 'failed', assertionResults: ['passed', 'failed'].map(test) },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 3, failed: 2, skipped: 3 });
  });

  it('runs programs and takes their last line', async () => {
    expect(await runProgram('summary', 'console.log("9 passed, 9 failed"); console.log("4 passed, 0 failed, 1 skipped")')).toEqual({ passed: 4, failed: 0, skipped: 1 });
    expect(await runProgram('summary', 'console.log("4 passed, 0 failed"); process.exit(3)')).toEqual({ passed: 4, failed: 1, skipped: 0 });
    expect(await runProgram('summary', 'throw new Error("crash")')).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(await runProgram('single', 'process.exitCode = 0')).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(await runProgram('single', 'process.exitCode = 2')).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('npm test', () => {
  it('refuses a suite that does not exist, on its last line too', async () => {
    const result = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, ['scripts/test.mjs', 'nonsense'], { cwd: root }, (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }));
    });
    expect(result).toMatchObject({ code: 1, stdout: '0 passed, 1 failed\n' });
    expect(result.stderr).toContain(`there are ${suites.map((suite) => suite.name).join(', ')}.`);
  });

  it('begins with no long file any more when time is short, and says so', async () => {
    const env = { ...process.env, TRAINYARD_TEST_LONG_UNTIL: '1', TRAINYARD_TEST_ALL: '' };
    const args = ['node_modules/vitest/vitest.mjs', 'run', 'tests/interop/numpy.test.ts', 'packages/protocol/src/ids.test.ts'];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
    expect(stripVTControlCharacters(stdout)).toMatch(/Test Files +1 passed \| 1 skipped/);
    expect(stderr).toContain('tests/interop/numpy.test.ts is skipped: too little time is left.');
  });

  it('is what continuous integration runs', async () => {
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(path.join(root, '.ci/run'), 'utf8')).toMatch(/^exec npm test$/m);
  });
});

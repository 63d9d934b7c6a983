import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { TrialResult } from '../run-trial.js';
import { trials } from '../trials/registry.js';
import { durationFigure } from './figures.js';
import { replaceSection, writePage } from './page.js';
import { summaryText, trialText } from './text.js';

const breach = { seen: '2 rows of epoch 3', where: 'job_1' };
const result: TrialResult = {
  name: 'child-kill',
  title: 'kill -9',
  count: 10,
  seconds: 61,
  promises: [
    { promise: 'every job ends', checks: 10, breaches: [] },
    { promise: 'no row twice', checks: 10, breaches: [breach] },
    { promise: 'S3', checks: 0, breaches: [], skipped: 'there is none' },
  ],
  figures: [{ name: 'running again', value: 'p50 1.2 s' }],
};
const page = path.resolve(import.meta.dirname, '../../../../docs/reliability.md');

it('sums up as many durations as ten minutes of predictions have', () => {
  const ms = Array.from({ length: 300_000 }, (_, i) => i % 1000);
  expect(durationFigure('an answer', ms)).toEqual({ name: 'an answer', value: 'p50 500 ms, p95 949 ms, longest 999 ms (of 300000)' });
});

it('tells each promise, and what was seen where one was broken', () => {
  expect(trialText(result)).toBe(
    [
      'child-kill (10 times, 61 s): kill -9',
      '  KEPT    every job ends (checked 10 times)',
      '  BROKEN  no row twice (checked 10 times, broken 1 times)',
      '            seen: 2 rows of epoch 3',
      '            where: job_1',
      '  SKIPPED S3 (there is none)',
      '          running again: p50 1.2 s',
    ].join('\n'),
  );
  expect(summaryText([result])).toBe('1 passed, 1 failed, 1 skipped');
});

it('writes what it found between the marks of the trial, and nowhere else', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-page-'));
  try {
    const file = path.join(folder, 'page.md');
    await writeFile(file, 'before\n<!-- child-kill -->\nold\n<!-- /child-kill -->\nafter\n');
    const machine = { cpu: 'a CPU', cores: 2, memory_gib: 8, kernel: 'Linux', load_average: 0 };
    await writePage([result], { machine, date: '2026-01-31', seed: 7 }, file);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^before\n<!-- child-kill -->\n2026-01-31\. a CPU, 2 cores, .*\n<!-- \/child-kill -->\nafter\n$/s);
    expect(text).toContain('| no row twice | 10 times, broken 1 times | broken |');
    expect(text).toContain('- Broken: no row twice. Seen: 2 rows of epoch 3. Where: job_1.');
    expect(text).not.toContain('old');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it.each(trials.map(({ name }) => name))('docs/reliability.md has a place for %s', async (name) => {
  expect(() => replaceSection('', name, '')).toThrow(/expected the marks/);
  const text = await readFile(page, 'utf8');
  expect(replaceSection(text, name, 'found')).toContain(`<!-- ${name} -->\nfound\n<!-- /${name} -->`);
  expect(text).toContain(`\`--trial ${name}\``);
});

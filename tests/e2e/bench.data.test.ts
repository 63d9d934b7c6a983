import path from 'node:path';
import { dataFigures, dataMarkdown, runData } from '@trainyard/bench';
import { expect, test } from 'vitest';
import { whyNoSeaweed } from '../support/seaweed.js';

/*
 * The benchmark's suite of data as it runs, at a thousandth of its size: that every number is there, not what it is.
 */

const reason = await whyNoSeaweed();
const programs = path.resolve('bench/dist/trainyard');

test.skipIf(reason !== undefined)(`streams beside memory, reading, peaks${reason === undefined ? '' : ` (skipped: ${reason})`}`, { timeout: 180_000 }, async () => {
  const run = await runData(process.env, { cases: ['mlp_binary'], repeats: 1, scale: 0.001, say: () => undefined }, programs);
  const figures = dataFigures(run, { cpu: 'a CPU', cores: 2, memory_gib: 8, kernel: 'Linux', load_average: 0 });
  expect(figures.training).toMatchObject([{ case: 'mlp_binary', rows: 1280 }]);
  for (const { stream_ms, memory_ms, ratio } of figures.training) for (const value of [stream_ms, memory_ms, ratio]) expect(value).toBeGreaterThan(0);
  for (const { stream_mb_s, get_object_mb_s, ratio } of figures.reading) for (const value of [stream_mb_s, get_object_mb_s, ratio]) expect(value).toBeGreaterThan(0);
  expect(figures.memory).toHaveLength(2);
  for (const { source_mb, peak_mib } of figures.memory) for (const value of [source_mb, peak_mib]) expect(value).toBeGreaterThan(1);
  expect(dataMarkdown(figures)).toMatch(/\| mlp_binary \| 1280 \| [\d.]+ \| [\d.]+ \| [\d.]+ \| \*\*[\d.]+\*\* \|/);
});

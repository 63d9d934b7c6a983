import path from 'node:path';
import { dataFigures, dataMarkdown, runData } from '@trainyard/bench';
import { ensurePeers } from '@trainyard/bench/install-peers';
import { expect, test } from 'vitest';
import { whyNoSeaweed } from '../support/seaweed.js';
import { thorough } from '../support/thorough.js';

/*
 * The benchmark's suite of data as it runs, at a thousandth of its size: that every number is there, not what it is. Python's
 * readers too, where they can be installed.
 */

const reason = await whyNoSeaweed();
const programs = path.resolve('bench/dist/trainyard');
const rows = { mlp_binary: 1000, ...(thorough && { vgg_like: 64 }), jpeg_folders: 64 };
const cases = Object.keys(rows);

test.skipIf(reason !== undefined)(`streams beside memory, reading, decoding, peaks${reason === undefined ? '' : ` (skipped: ${reason})`}`, { timeout: 900_000 }, async () => {
  const peers = await ensurePeers(process.env).catch(() => undefined);
  const run = await runData(process.env, { cases, repeats: 1, scale: 0.001, peers, say: () => undefined }, programs);
  const figures = dataFigures(run, { cpu: 'a CPU', cores: 2, memory_gib: 8, kernel: 'Linux', load_average: 0 });
  expect(figures.training).toMatchObject(Object.entries(rows).map(([name, count]) => ({ case: name, rows: count })));
  const rates = ({ mb_s, rows_s }: { mb_s: number; rows_s: number }): number[] => [mb_s, rows_s];
  const numbers = [
    ...figures.training.flatMap(({ stream_ms, memory_ms, ratio }) => [stream_ms, memory_ms, ratio]),
    ...figures.training_bound.flatMap(({ decoding_beside_ms, ratio }) => [decoding_beside_ms, ratio]),
    ...figures.fetching.flatMap(({ fetched, get_object, ratio }) => [...rates(fetched), ...rates(get_object), ratio]),
    ...figures.reading.flatMap(({ stream, get_object, ratio }) => [...rates(stream), ...rates(get_object), ratio]),
    ...figures.disk.flatMap(({ stream, peer_rate, ratio }) => [...rates(stream), ...rates(peer_rate), ratio]),
    ...figures.decoding.flatMap(({ rows_s, ratio }) => [rows_s, ratio]),
    ...figures.memory.flatMap(({ source_mb, peak_mib }) => [source_mb, peak_mib]),
  ];
  for (const value of numbers) expect(value).toBeGreaterThan(0);
  expect(figures.reading.map((row) => row.case)).toEqual(cases);
  expect(figures.training_bound.map((row) => row.case)).toEqual(['jpeg_folders']);
  expect(figures.decoding.map((row) => row.case)).toEqual(['jpeg_folders']);
  const beside = figures.disk.map((row) => [row.case, row.peer]);
  expect(beside).toEqual(peers ? [...cases.map((name) => [name, 'tf_data']), ['jpeg_folders', 'flow_from_directory']] : []);
  expect(figures.memory).toHaveLength(2);
  expect(dataMarkdown(figures)).toMatch(/\| mlp_binary \| 1000 \| [\d.]+ \| [\d.]+ \| [\d.]+ \| \*\*[\d.]+\*\* \|/);
});

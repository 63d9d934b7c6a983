import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';

import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { ensurePeers } from '../install-peers.mjs';
import { readCases, type Case } from './cases.js';
import type { Contender } from './contenders/contender.js';
import { startBuilder, startOurFiles, startOurs } from './contenders/ours.js';
import { type PeerPackages, startPeer, startPeerFiles } from './contenders/peers.js';
import { h5Actions, timeH5 } from './h5/time-h5.js';
import { buildInTurns } from './measure/build-case.js';
import { runCase } from './measure/run-case.js';
import { figuresOf } from './report/figures.js';
import { h5Figures, h5Markdown } from './report/h5.js';
import { describeMachine } from './measure/machine.js';

/*
 * The benchmark as it runs, on fits of milliseconds: that every number is there, not what it is.
 */

const cache = join(import.meta.dirname, '../../node_modules/.cache');
mkdirSync(cache, { recursive: true });
// Within the repository, so that the engine's process finds what it imports; two folders deep, as bench/dist is.
const folder = mkdtempSync(join(cache, 'bench-'));
const programs = join(folder, 'dist/trainyard');
const options = { repeats: 2, seconds: 0.02 };
let packages: PeerPackages | { skipped: string };
let mlp: Case;

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  await build({
    entryPoints: ['contender', 'builder', 'h5-files'].map((name) => join(import.meta.dirname, `trainyard/${name}.ts`)),
    outdir: programs,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['trainyard-source'],
    external: ['koffi', 'h5wasm', '@tensorflow/*'],
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    logLevel: 'error',
  });
  [mlp] = (await readCases(['mlp_binary'])) as [Case];
  packages = await ensurePeers(process.env).catch((error: Error) => ({ skipped: error.message }));
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true }));

const ours = (): Contender => startOurs(process.env, programs);

test('Keras 2.0.8 and the engine train the same case in turns', { timeout: 300_000 }, async (context) => {
  if ('skipped' in packages) return context.skip(packages.skipped);
  const { python, folder: installed } = packages;
  const run = await runCase(mlp, ours, new Map([['k208', () => startPeer('k208', { python, folder: installed }, process.env)]]), options);
  expect(run.failures).toEqual(new Map());
  const figures = figuresOf(run, { repeats: options.repeats, machine: describeMachine(), building: undefined });
  for (const pairs of [run.pairs, run.predictionPairs, run.batchPredictionPairs]) expect(pairs.get('k208')).toHaveLength(2);
  expect(figures.best_peer).toBe('k208');
  for (const value of [figures.ours_ms, figures.peers['k208'], figures.ratio_to_best_peer]) expect(value).toBeGreaterThan(0);
  expect(figures.ours?.plan).toMatch(/a run, (no XLA|XLA: step)/);
  for (const { versions, plan: _plan, ...numbers } of [figures.ours!, figures.peer_figures['k208']!]) {
    expect(Object.keys(versions).length).toBeGreaterThan(1);
    for (const [name, value] of Object.entries(numbers)) expect(value! > 0 && Number.isFinite(value), `${name}: ${value}`).toBe(true);
  }
  expect(figures.peer_figures['k208']?.versions['keras']).toBe('2.0.8');
});

test('the engine beside itself: the same work, and the pairs that were asked for', { timeout: 120_000 }, async () => {
  const run = await runCase(mlp, ours, new Map([['twin', ours]]), { ...options, repeats: 3 });
  expect(run.failures).toEqual(new Map());
  expect(run.pairs.get('twin')).toHaveLength(3);
  expect(run.ours?.fits).toHaveLength(3);
  expect(run.peers.get('twin')?.loaded.params).toBe(5569); // 20·64 + 64 + 64·64 + 64 + 64·1 + 1
  expect(run.ours?.loaded.steps_per_epoch).toBe(8); // ⌈1000 / 128⌉
});

test('building is taken apart', { timeout: 120_000 }, async () => {
  const building = await buildInTurns(() => startBuilder(process.env, programs), mlp, 2);
  for (const [name, value] of Object.entries(building)) expect(value, name).toBeGreaterThan(0);
  expect(building.nodes).toBeGreaterThan(50);
});

test('files of .h5 are written and read in turns with h5py and Keras 2.0.8', { timeout: 120_000 }, async (context) => {
  if ('skipped' in packages) return context.skip(packages.skipped);
  const [ours, peer] = [startOurFiles(process.env, programs), startPeerFiles(packages, process.env)];
  try {
    const run = await timeH5(ours, peer, 1, 2);
    expect(run.bytes).toBeGreaterThan(2 ** 20);
    const figures = h5Figures([run], 2, describeMachine());
    for (const action of h5Actions) {
      expect(run.pairs[action], action).toHaveLength(2);
      for (const value of [figures.files[0]?.[action].ours_ms, figures.files[0]?.[action].peer_ms, figures.files[0]?.[action].ratio]) expect(value, action).toBeGreaterThan(0);
    }
    expect(h5Markdown(figures)).toMatch(/\| weights read, 1 MiB \| [\d.]+ \| h5py \| [\d.]+ \| \*\*[\d.]+\*\* \|/);
  } finally {
    await Promise.all([ours.close(), peer.close()]);
  }
});

test('what the engine does not have is said, and is no failure; a peer that differs or dies is', { timeout: 120_000 }, async () => {
  const model = { class_name: 'Sequential', keras_version: '2.0.8', config: [{ class_name: 'Telepathy', config: { name: 'telepathy_1', batch_input_shape: [null, 20], dtype: 'float32' } }] };
  const unknown = await runCase({ ...mlp, model }, ours, new Map(), options);
  expect(unknown.notSupported).toContain('Telepathy');
  expect([unknown.ours, unknown.failures.size]).toEqual([undefined, 0]);

  const other = (): Contender => {
    const contender = ours();
    const load = contender.load.bind(contender);
    contender.load = () => load({ ...mlp, batch_size: 64 });
    return contender;
  };
  const dead = (): Contender => startPeer('k208', { python: process.execPath, folder }, process.env); // Node does not know -s
  const run = await runCase(mlp, ours, new Map([['other', other], ['dead', dead]]), options);
  expect([...run.failures.keys()]).toEqual(['other', 'dead']);
  expect(run.failures.get('dead')).toContain('the process ended with exit code');
  expect(run.failures.get('other')).toContain('expected a model of 5569 parameters and 8 steps an epoch as ours, received 5569 and 16');
  expect(run.peers.size).toBe(0);
  expect(run.ours?.fits).toHaveLength(options.repeats);
});

test('the cases are what Keras 2.0.8 writes', { timeout: 120_000 }, async (context) => {
  if ('skipped' in packages) return context.skip(packages.skipped);
  const program = join(import.meta.dirname, '../peers/make_cases.py');
  await promisify(execFile)(packages.python, ['-s', program, '--packages', packages.folder, '--out', folder]);
  for (const { name } of await readCases(['all'])) {
    const [made, kept] = [folder, join(import.meta.dirname, '../cases')].map((where) => JSON.parse(readFileSync(join(where, `${name}.json`), 'utf8')) as unknown);
    expect(made, name).toEqual(kept);
  }
});

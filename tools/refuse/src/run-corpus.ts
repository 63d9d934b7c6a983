import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { writeWeightsFile } from '@trainyard/keras-format';

import { putCanary } from './canary.js';
import type { Corpus, Entry } from './corpus.js';
import { Supervisor } from './supervisor.js';
import type { Measured } from './verdict.js';

export const MAX_MS = 2000;
export const MAX_GROWTH_MIB = 200;

export interface Report {
  /** Files of the manifest that were refused, within the limits. */
  readonly refused: number;
  /** `file (why): what happened`. */
  readonly notRefused: readonly string[];
  readonly loaded: number;
  readonly controlsRefused: readonly string[];
  /** The slowest and the largest, for who wants to know how near the limits are. */
  readonly slowest: { readonly file: string; readonly ms: number };
  readonly largest: { readonly file: string; readonly growthMiB: number };
}

/** Loads every file of a corpus, `processes` at a time. @param tell is called with a line for each file as it is done, where given */
export async function runCorpus(corpus: Corpus, { processes = 2, tell }: { processes?: number; tell?: (line: string) => void } = {}): Promise<Report> {
  const canary = await putCanary();
  const scratch = await mkdtemp(path.join(tmpdir(), 'trainyard-refuse-usual-'));
  const usual = await usualWeights(scratch);
  const results = new Map<Entry, Measured>();
  const waiting = [...corpus.hostile, ...corpus.controls];
  try {
    const work = async (): Promise<void> => {
      const supervisor = new Supervisor(corpus.folder);
      await supervisor.warmUp(usual);
      for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
        const measured = await supervisor.measure(entry);
        results.set(entry, measured);
        tell?.(`${entry.file}: ${describe(measured)}`);
      }
      await supervisor.close();
    };
    await Promise.all(Array.from({ length: processes }, work));
    await measureAgain(corpus.folder, usual, results);
    const breaches = (await canary.wasRead()) === true ? ['a file that others name was read'] : [];
    return report(corpus, results, breaches);
  } finally {
    await canary.remove();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The smallest sound file, and a model that it is for: what any .h5 costs. */
async function usualWeights(folder: string): Promise<Entry> {
  const config = { name: 'dense_1', units: 1, use_bias: false, batch_input_shape: [null, 1] };
  const array = { dtype: 'float32', shape: [1, 1], data: Float32Array.of(1) } as const;
  const model = path.join(folder, 'model.json');
  await writeFile(model, JSON.stringify({ class_name: 'Sequential', config: [{ class_name: 'Dense', config }], keras_version: '2.0.8' }));
  const file = path.join(folder, 'weights.h5');
  await writeFile(file, await writeWeightsFile({ kerasVersion: '2.0.8', backend: 'tensorflow', layers: [{ layer: 'dense_1', weights: [{ name: 'dense_1/kernel:0', array }] }] }));
  return { file, kind: 'h5', why: '', as: 'weights', model };
}

/** What went beyond the time while other files were read is read once more, alone: the machine may have been busy. */
async function measureAgain(folder: string, usual: Entry, results: Map<Entry, Measured>): Promise<void> {
  const late = [...results].filter(([, { ms, outcome }]) => ms > MAX_MS && outcome.how !== 'failed');
  if (late.length === 0) return;
  const supervisor = new Supervisor(folder);
  await supervisor.warmUp(usual);
  for (const [entry] of late) results.set(entry, await supervisor.measure(entry));
  await supervisor.close();
}

function report({ hostile, controls }: Corpus, results: ReadonlyMap<Entry, Measured>, breaches: readonly string[]): Report {
  const of = (entry: Entry): Measured => {
    const measured = results.get(entry);
    if (!measured) throw new Error(`${entry.file} has not been read`);
    return measured;
  };
  const faults = (entry: Entry, expected: 'refused' | 'loaded'): string[] => {
    const { outcome, ms, growthMiB, breaches } = of(entry);
    return [
      ...(outcome.how === expected ? [] : [outcome.how === 'loaded' ? 'was not refused' : `${outcome.how === 'failed' ? 'refused wrongly: ' : ''}${outcome.message}`]),
      ...(ms > MAX_MS ? [`took ${(ms / 1000).toFixed(1)} s`] : []),
      ...(growthMiB !== undefined && growthMiB > MAX_GROWTH_MIB ? [`took ${growthMiB.toFixed(0)} MB of memory`] : []),
      ...breaches,
    ];
  };
  const lines = (entries: readonly Entry[], expected: 'refused' | 'loaded'): string[] =>
    entries.flatMap((entry) => {
      const found = faults(entry, expected);
      return found.length === 0 ? [] : [`${entry.file}${entry.why === '' ? '' : ` (${entry.why})`}: ${found.join('; ')}`];
    });
  const notRefused = lines(hostile, 'refused');
  const controlsRefused = lines(controls, 'loaded');
  const all = [...results];
  const slowest = all.reduce<{ file: string; ms: number }>((most, [{ file }, { ms }]) => (ms > most.ms ? { file, ms } : most), { file: '', ms: 0 });
  const largest = all.reduce<{ file: string; growthMiB: number }>((most, [{ file }, { growthMiB = 0 }]) => (growthMiB > most.growthMiB ? { file, growthMiB } : most), { file: '', growthMiB: 0 });
  return { refused: hostile.length - notRefused.length, notRefused: [...notRefused, ...breaches], loaded: controls.length - controlsRefused.length, controlsRefused, slowest, largest };
}

function describe({ outcome, ms, growthMiB }: Measured): string {
  const cost = `${ms.toFixed(0)} ms, ${growthMiB === undefined ? '? ' : growthMiB.toFixed(0)} MB`;
  return `${cost}: ${outcome.how === 'loaded' ? 'loaded' : `${outcome.how}: ${outcome.message}`}`;
}

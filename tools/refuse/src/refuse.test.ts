import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const hostile = path.join(import.meta.dirname, '../../../tests/hostile');
const main = path.join(import.meta.dirname, '../dist/main.js');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trainyard-refuse-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the tool on a folder of these files of the corpus, each under its own name. */
async function refuse(manifest: readonly object[], controls: readonly object[], ...files: string[]): Promise<{ code: number; lines: string[] }> {
  for (const file of files) await copyFile(path.join(hostile, file), path.join(folder, path.basename(file)));
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'controls.json'), JSON.stringify(controls));
  return new Promise((resolve) => {
    execFile(process.execPath, [main, '--dir', folder], (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines: (stdout + stderr).trim().split('\n') }));
  });
}

test('what is refused as it should be says nothing but the total', async () => {
  const manifest = [
    { file: 'truncated.json', kind: 'model_json', why: 'cut', expect: 'refused' },
    { file: 'canary_link.h5', kind: 'h5', why: 'link', expect: 'refused', as: 'weights', model: 'dense.json' },
    { file: 'nan.csv', kind: 'csv', why: 'NaN', expect: 'refused' },
  ];
  const controls = [{ file: 'dense.h5', kind: 'h5', why: 'sound', model: 'dense.json' }, { file: 'model_sound.h5', kind: 'h5', why: 'sound' }];
  const { code, lines } = await refuse(manifest, controls, 'models/text/truncated.json', 'weights/canary_link.h5', 'tables/nan.csv', 'weights/dense.h5', 'weights/model_sound.h5', 'models/dense.json');
  expect(lines).toEqual(['3 refused, 0 not refused, 2 controls loaded, 0 controls refused']);
  expect(code).toBe(0);
});

test('a sound file in the manifest, a hostile one among the controls, a file that is not there: each has its line', async () => {
  const manifest = [{ file: 'sound.csv', kind: 'csv', why: 'nothing', expect: 'refused' }, { file: 'gone.npy', kind: 'npy', why: 'missing', expect: 'refused' }];
  const { code, lines } = await refuse(manifest, [{ file: 'pickle.npy', kind: 'npy' }], 'tables/sound.csv', 'arrays/pickle.npy');
  expect(lines[0]).toBe('not refused: sound.csv (nothing): was not refused');
  expect(lines[1]).toMatch(/^not refused: gone\.npy \(missing\): refused wrongly: Error: ENOENT/);
  expect(lines.find((line) => line.startsWith('control refused'))).toMatch(/^control refused: pickle\.npy: files\/data\.npy: .*Python objects/);
  expect(lines.at(-1)).toBe('0 refused, 2 not refused, 0 controls loaded, 1 controls refused');
  expect(code).toBe(1);
});

test('a list that is wrong is said to be', async () => {
  expect(await refuse([{ file: 'x', kind: 'exe' }], [])).toMatchObject({ code: 2, lines: [expect.stringMatching(/manifest\.json, entry 0: expected "kind", one of model_json, .*, received "exe"$/)] });
  expect(await refuse([{ file: 'x.h5', kind: 'h5', as: 'weights' }], [])).toMatchObject({ code: 2, lines: [expect.stringContaining('expected "model"')] });
});

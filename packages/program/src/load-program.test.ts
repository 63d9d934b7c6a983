import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bundle, bundleOf, codeCacheOf } from './bundle.js';
import { loadProgram } from './load-program.js';

let app: string;
let module: string;
let bundle: string;
beforeEach(async () => {
  app = await mkdtemp(path.join(tmpdir(), 'trainyard-program-'));
  module = path.join(app, 'run.js');
  bundle = bundleOf(module);
  await mkdir(path.dirname(bundle));
  await writeFile(path.join(app, 'package.json'), '{ "type": "module" }');
  await writeFile(module, "export const madeOf = 'modules';\n");
  await writeFile(bundle, bundleText("exports.madeOf = 'one file';"));
  await compiledAt(new Date(Date.now() - 60_000));
});
afterEach(() => rm(app, { recursive: true }));

const bundleText = (code: string): string => `(function (exports, require, module, __filename, __dirname, __import) {\n${code}\n})`;
const compiledAt = async (time: Date): Promise<void> => {
  const notes = path.join(app, '.tsbuildinfo');
  await writeFile(notes, '{}');
  await utimes(notes, time, time);
};
const load = () => loadProgram<{ madeOf: string }>(pathToFileURL(module));

describe('a program', () => {
  it('is the one file that the build has made, where nothing has been compiled since', async () => {
    expect((await load()).madeOf).toBe('one file');
  });

  it('is its modules where they were compiled later, or nothing was made of them', async () => {
    await compiledAt(new Date(Date.now() + 60_000));
    expect((await load()).madeOf).toBe('modules');
    await rm(path.dirname(bundle), { recursive: true });
    expect((await load()).madeOf).toBe('modules');
  });

  it('runs with a code cache that is damaged, or of other code', async () => {
    for (const cache of [Buffer.from('nothing of V8'), await otherCode()]) {
      await writeFile(codeCacheOf(bundle), cache);
      // V8 remembers what this process has compiled.
      await writeFile(bundle, bundleText(`exports.madeOf = 'one file'; // ${cache.length}`));
      expect(new Bundle(bundle, cache).fromCache).toBe(false);
      expect((await load()).madeOf).toBe('one file');
    }
  });
});

/** Made of a bundle that says more. */
async function otherCode(): Promise<Buffer> {
  const other = path.join(app, 'other.cjs');
  await writeFile(other, bundleText("exports.madeOf = 'other code, of another length';"));
  return new Bundle(other).codeCache();
}

describe('a bundle', () => {
  it('is taken from its code cache', () => {
    const compiled = new Bundle(bundle);
    expect([compiled.fromCache, compiled.run()]).toEqual([false, { madeOf: 'one file' }]);
    const cached = new Bundle(bundle, compiled.codeCache());
    expect([cached.fromCache, cached.run()]).toEqual([true, { madeOf: 'one file' }]);
  });

  it('finds packages, imports modules, and knows its place', async () => {
    await writeFile(path.join(path.dirname(bundle), 'beside.mjs'), 'export const answer = 42;');
    await writeFile(path.join(path.dirname(bundle), 'import.mjs'), 'export default (specifier) => import(specifier);');
    await writeFile(bundle, bundleText("exports.place = __filename; exports.folder = __dirname; exports.path = require('node:path'); exports.later = () => __import('./beside.mjs');"));
    const exported = new Bundle(bundle).run() as { place: string; folder: string; path: typeof path; later: () => Promise<{ answer: number }> };
    expect([exported.place, exported.folder, exported.path]).toEqual([bundle, path.dirname(bundle), path]);
    expect((await exported.later()).answer).toBe(42);
  });
});

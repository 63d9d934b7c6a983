import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { findLibrary, LibraryNotFoundError, TENSORFLOW_VERSION } from './find-library.js';
import { loadTensorFlow } from './tensorflow.js';

const folder = mkdtempSync(join(tmpdir(), 'find-library-'));
const cached = join(folder, 'libtensorflow', `cpu-${TENSORFLOW_VERSION}`);
const file = join(cached, 'libtensorflow_cc.so.2');
mkdirSync(cached, { recursive: true });
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('findLibrary', () => {
  it('takes the named file, or the named folder that holds it', () => {
    expect(findLibrary({ TRAINYARD_LIBTENSORFLOW: file })).toBe(file);
    expect(findLibrary({ TRAINYARD_LIBTENSORFLOW: cached })).toBe(file);
  });

  it('looks in the cache otherwise', () => {
    expect(findLibrary({ TRAINYARD_CACHE: folder })).toBe(file);
    expect(findLibrary({ TRAINYARD_CACHE: folder, TRAINYARD_LIBTENSORFLOW: '' })).toBe(file);
  });

  it('says where it looked and what to do when there is none', () => {
    const missing = join(folder, 'nowhere');
    expect(() => findLibrary({ TRAINYARD_LIBTENSORFLOW: missing })).toThrow(LibraryNotFoundError);
    expect(() => findLibrary({ TRAINYARD_LIBTENSORFLOW: missing })).toThrow(`at ${missing} (from TRAINYARD_LIBTENSORFLOW)`);
    expect(() => findLibrary({ TRAINYARD_CACHE: missing })).toThrow('npm run setup');
  });
});

describe('loadTensorFlow', () => {
  it('reports what the loader says of a file that is no library', () => {
    expect(() => loadTensorFlow(file)).toThrow(`${file}: file too short`);
  });

  it('loads the real one, once, and refuses another', () => {
    const tensorflow = loadTensorFlow(findLibrary(process.env));
    expect(tensorflow.version).toBe(TENSORFLOW_VERSION);
    expect(loadTensorFlow(tensorflow.path)).toBe(tensorflow);
    expect(() => loadTensorFlow(file)).toThrow(`has loaded ${tensorflow.path} and cannot load ${file} too`);
  });
});

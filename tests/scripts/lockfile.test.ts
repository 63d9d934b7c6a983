import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

interface LockEntry {
  version?: string;
  link?: boolean;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}
const readJson = async <T>(file: string): Promise<T> => JSON.parse(await readFile(path.join(root, file), 'utf8')) as T;
const lock = await readJson<{ packages: Record<string, LockEntry> }>('package-lock.json');

describe('package-lock.json', () => {
  // `npm ci` refuses a lock file that lacks them, and `npm install` writes such a one when a platform's package is missing from the registry.
  it('has every optional package, those of other platforms too', () => {
    const names = new Set(Object.keys(lock.packages).map((key) => key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)));
    const missing = Object.entries(lock.packages).flatMap(([key, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !names.has(name))
        .map((name) => `${key} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry and has a hash for every package', () => {
    const packages = Object.entries(lock.packages).filter(([key, entry]) => key.includes('node_modules/') && entry.link !== true);
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, entry]) => entry.integrity === undefined).map(([key]) => key)).toEqual([]);
    expect(JSON.stringify(lock)).not.toMatch(/"resolved":"https?:/);
  });
});

describe('dependencies', () => {
  it('are pinned to exact versions', async () => {
    const workspaces = Object.keys(lock.packages).filter((key) => key !== '' && !key.includes('node_modules'));
    expect(workspaces).toContain('packages/protocol');
    const files = ['package.json', ...workspaces.map((key) => `${key}/package.json`)];
    for (const file of files) {
      const { dependencies = {}, devDependencies = {} } = await readJson<Record<string, Record<string, string>>>(file);
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) expect(version, `${file}: ${name}`).toMatch(/^\d+\.\d+\.\d+(-[\w.-]+)?$/);
    }
  });
});

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');
const apps = ['api', 'worker', 'predictor', 'cli'] as const;

/** Read by the tools that an app starts or by libraries it loads, not by its env.ts. */
const readElsewhere: Record<string, string> = {
  TRAINYARD_LIBTENSORFLOW: 'packages/tensorflow finds the library',
  TRAINYARD_CACHE: 'packages/tensorflow finds the library',
};
/** Read by OpenTelemetry's SDK, which packages/telemetry loads. */
const isOfTelemetry = (name: string): boolean => name.startsWith('OTEL_');
/** Of the system, not ours. */
const systemVariables = new Set(['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'NODE_EXTRA_CA_CERTS', 'XDG_DATA_HOME']);

const documented = (await read('docs/operations.md'))
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && cells[1]?.startsWith('`') && /^(all|[a-z, ]+)$/.test(cells[2] ?? '') && /^`[A-Z0-9_]+`/.test(cells[1] ?? ''))
  .flatMap((cells) => [...cells[1]!.matchAll(/`([A-Z0-9_]+)`/g)].map((match) => ({ name: match[1]!, readers: cells[2] === 'all' ? [...apps] : cells[2]!.split(', ') })));

/** Names in capitals that a source reads: `env.NAME`, or 'NAME' in quotes. */
const variablesIn = (source: string): Set<string> =>
  new Set([...source.matchAll(/\benv\.([A-Z][A-Z0-9_]+)\b|'([A-Z][A-Z0-9_]{3,})'/g)].map((match) => (match[1] ?? match[2])!).filter((name) => !name.endsWith('_') && !systemVariables.has(name)));

describe('docs/operations.md', () => {
  it.each(apps)('names every variable that apps/%s reads, and none that it does not', async (app) => {
    const known = variablesIn(await read(`apps/${app}/src/env.ts`));
    const told = documented.filter(({ name, readers }) => readers.includes(app) && !(name in readElsewhere) && !isOfTelemetry(name)).map(({ name }) => name);
    expect([...known].filter((name) => !(name in readElsewhere)).sort()).toEqual(told.sort());
  });
});

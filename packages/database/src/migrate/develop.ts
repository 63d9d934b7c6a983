import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationAdapter } from './migration-adapter.js';
import { defaultMigrationsFolder, defaultSchemaPath, readMigrations } from './migrations-folder.js';
import { withSchemaEngine } from './schema-engine.js';

export interface DevelopOptions {
  /** Any database of a server where the user may create databases: the migrations are replayed in one that is thrown away. */
  readonly url: string;
  readonly folder?: string;
  readonly schemaPath?: string;
}

/** The SQL that leads from the migrations to the schema; empty when they agree. */
export async function diffMigrations(options: DevelopOptions): Promise<string> {
  const { url, folder = defaultMigrationsFolder, schemaPath = defaultSchemaPath } = options;
  const schema = { path: schemaPath, content: await readFile(schemaPath, 'utf8') };
  const migrations = await readMigrations(folder);
  const result = await withSchemaEngine(MigrationAdapter.forUrl(url), schema, (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  return result.exitCode === 2 ? (result.stdout ?? '') : '';
}

/** Writes the migration that is missing, and answers its folder's name; undefined when nothing is missing. */
export async function createMigration(name: string, options: DevelopOptions): Promise<string | undefined> {
  if (!/^[a-z0-9_]+$/.test(name)) throw new Error(`name of a migration: expected lower-case letters, digits and _, received "${name}"`);
  const sql = await diffMigrations(options);
  if (sql === '') return undefined;
  const directory = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}_${name}`;
  const path = join(options.folder ?? defaultMigrationsFolder, directory);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'migration.sql'), sql);
  return directory;
}

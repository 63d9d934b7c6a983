import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Both `src/migrate` and `dist/migrate` lie four levels below the root. */
const prismaFolder = fileURLToPath(new URL('../../../../prisma', import.meta.url));

export const defaultMigrationsFolder = join(prismaFolder, 'migrations');
export const defaultSchemaPath = join(prismaFolder, 'schema.prisma');

/** A folder of migrations, as the schema engine wants it. */
export async function readMigrations(folder: string): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return {
    baseDir: folder,
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: await readFile(join(folder, 'migration_lock.toml'), 'utf8') },
    migrationDirectories: await Promise.all(
      names.map(async (path) => ({
        path,
        migrationFile: { path: 'migration.sql', content: await readScript(join(folder, path, 'migration.sql')) },
      })),
    ),
  };
}

async function readScript(path: string): Promise<{ tag: 'ok'; value: string } | { tag: 'error'; value: string }> {
  try {
    return { tag: 'ok', value: await readFile(path, 'utf8') };
  } catch (error) {
    return { tag: 'error', value: String(error) };
  }
}

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase } from '../testing/scratch-database.js';
import { deployMigrations } from './deploy.js';
import { createMigration, diffMigrations } from './develop.js';
import { defaultMigrationsFolder, defaultSchemaPath } from './migrations-folder.js';

let scratch: Awaited<ReturnType<typeof createEmptyDatabase>>;
let folder: string;

beforeAll(async () => {
  scratch = await createEmptyDatabase();
});
afterAll(() => scratch.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-migrations-'));
  return () => rm(folder, { recursive: true });
});

async function query(sql: string, url = scratch.url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('the migrations lead to the schema', async () => {
  expect(await diffMigrations({ url: scratch.url })).toBe('');
});

test('a schema that has changed is noticed, the migration is written, and then they agree', async () => {
  await cp(defaultMigrationsFolder, folder, { recursive: true });
  const schemaPath = join(folder, 'schema.prisma');
  await writeFile(schemaPath, `${await readFile(defaultSchemaPath, 'utf8')}\nmodel Extra {\n  id Int @id\n}\n`);
  const options = { url: scratch.url, folder, schemaPath };
  expect(await diffMigrations(options)).toContain('CREATE TABLE "Extra"');
  const name = await createMigration('add_extra', options);
  expect(name).toMatch(/^\d{14}_add_extra$/);
  expect(await diffMigrations(options)).toBe('');
  expect(await createMigration('again', options)).toBeUndefined();
});

test('a diff leaves neither tables in the main database nor shadow databases behind', async () => {
  const empty = await createEmptyDatabase();
  try {
    await diffMigrations({ url: empty.url });
    expect(await query("SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'", empty.url)).toEqual([]);
    // Databases of other tests may be there: those of this connection are gone when nobody is connected to one.
    const left = await query(`SELECT datname FROM pg_database d WHERE datname LIKE 'trainyard_shadow_%'
      AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = d.datname)`);
    expect(left).toEqual([]);
  } finally {
    await empty.drop();
  }
});

test("deploying applies what is missing once, in Prisma's own table", async () => {
  const own = await createEmptyDatabase();
  try {
    const results = await Promise.all([deployMigrations(own.url), deployMigrations(own.url)]);
    const names = results.flat();
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
    expect(await deployMigrations(own.url)).toEqual([]);
    const rows = await query('SELECT migration_name, checksum, finished_at FROM _prisma_migrations ORDER BY migration_name', own.url);
    expect(rows.map((row) => row.migration_name)).toEqual([...names].sort());
    for (const row of rows) {
      const script = await readFile(join(defaultMigrationsFolder, row.migration_name, 'migration.sql'));
      expect(row.checksum).toBe(createHash('sha256').update(script).digest('hex'));
      expect(row.finished_at).not.toBeNull();
    }
  } finally {
    await own.drop();
  }
});

test('a migration that fails is told, and blocks later ones', async () => {
  const own = await createEmptyDatabase();
  try {
    await writeFile(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
    await mkdir(join(folder, '20260101000000_bad'));
    await writeFile(join(folder, '20260101000000_bad', 'migration.sql'), "DO $$ BEGIN RAISE EXCEPTION 'no; not so'; END $$;");
    await expect(deployMigrations(own.url, folder)).rejects.toThrow(/no; not so/);
    await expect(deployMigrations(own.url, folder)).rejects.toThrow(/20260101000000_bad/);
  } finally {
    await own.drop();
  }
});

test('a name that is no name of a migration is refused', async () => {
  await expect(createMigration('../evil', { url: scratch.url })).rejects.toThrow(/expected lower-case letters/);
});

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase, type Database } from '../database.js';
import { deployMigrations } from '../migrate/deploy.js';

const server = new URL(process.env['TRAINYARD_TEST_DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres');

export interface ScratchDatabase {
  readonly url: string;
  readonly database: Database;
  /** One connection beside the pool, for what a test does behind the repositories' backs. */
  readonly sql: pg.Client;
  readonly drop: () => Promise<void>;
}

/** A database of a test's own: made empty, and dropped in the end. */
export async function createEmptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `trainyard_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The same with all migrations applied. */
export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const { url, drop } = await createEmptyDatabase();
  await deployMigrations(url);
  const database = openDatabase(url, { maxConnections: 6 });
  const sql = new pg.Client({ connectionString: url });
  sql.on('error', () => undefined);
  await sql.connect();
  return {
    url,
    database,
    sql,
    drop: async () => {
      await sql.end();
      await database.close();
      await drop();
    },
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

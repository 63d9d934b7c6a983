import { createHash, randomBytes } from 'node:crypto';
import { newKeyId, type Scope } from '@trainyard/protocol';
import type { Database } from '../database.js';

export interface KeyRecord {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/**
 * What is stored of a key. A plain SHA-256 is enough, and quick: the key itself is 256 random bits, so there is nothing
 * that a slow hash would protect from guessing.
 */
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

const columns = { id: true, projectId: true, name: true, scopes: true, createdAt: true, lastUsedAt: true } as const;

type Row = Omit<KeyRecord, 'scopes'> & { scopes: string[] };
const toRecord = (row: Row): KeyRecord => ({ ...row, scopes: row.scopes as Scope[] });

/** Makes a key of a project. `secret` is the key itself: it is not stored, and cannot be shown again. */
export async function createKey(
  database: Database,
  key: { readonly projectId: string; readonly name: string; readonly scopes: readonly Scope[] },
): Promise<{ key: KeyRecord; secret: string }> {
  const secret = `ty_${randomBytes(32).toString('base64url')}`;
  const row = await database.run((client) =>
    client.apiKey.create({ data: { ...key, scopes: [...key.scopes], id: newKeyId(), hash: hashOf(secret) }, select: columns }),
  );
  return { key: toRecord(row), secret };
}

/** Whose key this is; undefined when it is nobody's. Notes its use, at most once a minute. */
export async function authenticate(database: Database, secret: string): Promise<KeyRecord | undefined> {
  return database.run(async (client) => {
    const row = await client.apiKey.findUnique({ where: { hash: hashOf(secret) }, select: columns });
    if (row === null) return undefined;
    if (row.lastUsedAt === null || Date.now() - row.lastUsedAt.getTime() > 60_000) {
      await client.$executeRaw`UPDATE api_keys SET last_used_at = now() WHERE id = ${row.id}`;
    }
    return toRecord(row);
  });
}

export async function listKeys(database: Database, projectId: string): Promise<KeyRecord[]> {
  const rows = await database.run((client) => client.apiKey.findMany({ where: { projectId }, orderBy: { id: 'asc' }, select: columns }));
  return rows.map(toRecord);
}

/** @returns whether the project had such a key. */
export async function deleteKey(database: Database, projectId: string, id: string): Promise<boolean> {
  const { count } = await database.run((client) => client.apiKey.deleteMany({ where: { id, projectId } }));
  return count > 0;
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import { authenticate, createKey, deleteKey, listKeys } from './api-keys.js';
import { ensureProject } from './projects.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

test('a project is made once', async () => {
  const projects = await Promise.all([1, 2, 3].map(() => ensureProject(scratch.database, 'nlp')));
  expect(new Set(projects.map(({ id }) => id)).size).toBe(1);
});

test('a key authenticates until it is deleted, and is stored as its hash only', async () => {
  const { database, sql } = scratch;
  const { id: projectId } = await ensureProject(database, 'keys');
  const { key, secret } = await createKey(database, { projectId, name: 'laptop', scopes: ['read', 'train'] });
  expect(secret).toMatch(/^ty_[\w-]{43}$/);
  expect(await authenticate(database, secret)).toMatchObject({ id: key.id, projectId, scopes: ['read', 'train'] });
  expect(await authenticate(database, `${secret}x`)).toBeUndefined();
  expect((await listKeys(database, projectId))[0]?.lastUsedAt).toBeInstanceOf(Date);
  const { rows } = await sql.query('SELECT * FROM api_keys');
  expect(JSON.stringify(rows)).not.toContain(secret);
  expect(await deleteKey(database, 'proj_other', key.id)).toBe(false);
  expect(await deleteKey(database, projectId, key.id)).toBe(true);
  expect(await authenticate(database, secret)).toBeUndefined();
});

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { authenticate, listKeys, openDatabase } from '@trainyard/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStoredKey, storeCredentials } from '../credentials.js';
import { createApiKey, ensureApiKey, migrate, withoutPassword } from './database-setup.js';
import { createHome, homeAt, type Home } from './home.js';
import { freePort } from './ports.js';
import { postgresService, postgresUrl, preparePostgres } from './postgres.js';
import { findPostgres } from './postgres-binaries.js';
import { serverUser } from './server-user.js';
import { Stack } from './stack.js';

let home: Home;
let url: string;
const stack = new Stack(() => {});

beforeAll(async () => {
  home = homeAt(await mkdtemp(path.join(os.tmpdir(), 'trainyard-setup-')));
  await createHome(home);
  const user = serverUser();
  const options = { binaries: await findPostgres(home.runtime, user), data: home.postgres, port: await freePort(), password: 'x', user, logFile: path.join(home.logs, 'postgres.log') };
  await preparePostgres(options);
  await stack.start(postgresService(options));
  url = postgresUrl(options);
});

afterAll(async () => {
  await stack.stop();
  await rm(home.root, { recursive: true, force: true });
});

describe('the database of trainyard up', () => {
  it('gets its tables, once, also when several ask for them', async () => {
    await Promise.all([migrate(url), migrate(url)]);
    await migrate(url);
  });

  it('says which database it is when it cannot be reached, without its password', async () => {
    await expect(migrate(`postgresql://someone:geheim@127.0.0.1:${await freePort()}/x`)).rejects.toThrow(/^The database at postgresql:\/\/someone:\*\*\*@127\.0\.0\.1:\d+\/x could not be brought up to date: (?!.*geheim)/);
    expect(withoutPassword('not a url')).toBe('not a url');
  });

  it('has one key for the command line, made again only when the database does not know it', async () => {
    const first = await ensureApiKey(url, home.credentials);
    expect(first).toMatchObject({ isNew: true, key: expect.stringMatching(/^ty_/) as string });
    await storeCredentials(home.credentials, { url: 'http://127.0.0.1:1', apiKey: first.key });
    expect(await ensureApiKey(url, home.credentials)).toEqual({ key: first.key, isNew: false });
    await storeCredentials(home.credentials, { url: 'http://127.0.0.1:1', apiKey: 'ty_unknown' });
    const second = await ensureApiKey(url, home.credentials);
    expect(second.isNew).toBe(true);
    expect(await readStoredKey(home.credentials)).toBe('ty_unknown');
  });

  it('takes keys for other projects', async () => {
    const key = await createApiKey(url, { project: 'vision', name: 'ci' });
    const database = openDatabase(url);
    const record = await authenticate(database, key);
    expect(record).toMatchObject({ name: 'ci', scopes: ['read', 'train', 'predict', 'admin'] });
    expect(await listKeys(database, record!.projectId)).toHaveLength(1);
    await database.close();
  });
});

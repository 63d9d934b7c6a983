import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionOptions } from './connection-options.js';
import { openDatabase, pingDatabase } from './database.js';
import { DatabaseUnavailableError } from './errors.js';
import { createScratchDatabase, type ScratchDatabase } from './testing/scratch-database.js';
import { queuedJob } from './testing/example-job.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

/** A proxy before Postgres that can be cut off and restored: the network between a process and its database. */
async function openProxy(target: { host: string; port: number }) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    restore: () => listen(port),
    cut: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

test('a database that is away is told as such, and is used again when it is back', async () => {
  const { host, port } = connectionOptions(scratch.url);
  const proxy = await openProxy({ host, port });
  const url = new URL(scratch.url);
  url.port = String(proxy.port);
  const database = openDatabase(url.href);
  await pingDatabase(database);
  await proxy.cut();
  await expect(pingDatabase(database)).rejects.toBeInstanceOf(DatabaseUnavailableError);
  await expect(queuedJob(database)).rejects.toBeInstanceOf(DatabaseUnavailableError);
  await proxy.restore();
  await pingDatabase(database);
  expect((await queuedJob(database)).status).toBe('queued');
  await database.close();
  await proxy.cut();
});

test('a connection that the server ends is told as such', async () => {
  const { sql, database } = scratch;
  const sleeping = database.transaction(async (transaction) => {
    const [row] = await transaction.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await sql.query('SELECT pg_terminate_backend($1)', [row!.pid]);
    await transaction.$queryRaw`SELECT 1`;
  });
  await expect(sleeping).rejects.toBeInstanceOf(DatabaseUnavailableError);
  await pingDatabase(database);
});

test('a transaction in which a process does nothing is ended by the server, and holds nothing any more', async () => {
  const { sql, database } = scratch;
  const [{ limit } = { limit: '' }] = await database.run((client) => client.$queryRaw<{ limit: string }[]>`SELECT current_setting('idle_in_transaction_session_timeout') AS limit`);
  expect(limit).toBe('10s');
  const { id } = await queuedJob(database);
  const stopped = database.transaction(async (transaction) => {
    await transaction.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = '100ms'`;
    await transaction.$queryRaw`SELECT 1 FROM jobs WHERE id = ${id} FOR UPDATE`;
    await expect(sql.query('SELECT 1 FROM jobs WHERE id = $1 FOR UPDATE NOWAIT', [id])).rejects.toMatchObject({ code: '55P03' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await sql.query('SELECT 1 FROM jobs WHERE id = $1 FOR UPDATE NOWAIT', [id]);
    await transaction.$queryRaw`SELECT 1`;
  });
  await expect(stopped).rejects.toBeInstanceOf(DatabaseUnavailableError);
  await pingDatabase(database);
});

test('other errors stay what they are', async () => {
  const { database } = scratch;
  await expect(database.run((client) => client.$queryRaw`SELECT * FROM nowhere`)).rejects.not.toBeInstanceOf(DatabaseUnavailableError);
});

test.each([
  ['nonsense', /no URL/],
  ['mysql://a/b', /received mysql/],
  ['postgresql://localhost/', /expected postgresql/],
  ['postgresql://localhost/db?sslmode=maybe', /sslmode: expected/],
])('the URL %s is refused', (url, message) => {
  expect(() => connectionOptions(url)).toThrow(message);
});

test('a URL is read with its escapes', () => {
  expect(connectionOptions('postgresql://a%40b:p%2Fw@[::1]:6000/my%20db')).toMatchObject({
    host: '::1',
    port: 6000,
    user: 'a@b',
    password: 'p/w',
    database: 'my db',
  });
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from '../env.js';
import { createHome, homeAt, type Home } from './home.js';
import { freePort } from './ports.js';
import { isRunning } from './processes.js';
import { findRedis } from './redis-binary.js';
import { prepareRedis, putUnreadableAside, redisService, type RedisOptions } from './redis.js';
import { serverUser } from './server-user.js';
import { Service } from './service.js';
import { Watchdog } from './watchdog.js';

let home: Home;
let options: RedisOptions;
const watchdog = new Watchdog();
const notices: string[] = [];

beforeAll(async () => {
  home = homeAt(await mkdtemp(path.join(os.tmpdir(), 'trainyard-redis-')));
  await createHome(home);
  const user = serverUser();
  const binary = await findRedis(readEnv(), home.runtime, user);
  const notify = (line: string): void => void notices.push(line);
  options = { binary, data: home.redis, port: await freePort(), password: 'secret', user, logFile: path.join(home.logs, 'redis.log'), notify };
});

afterAll(async () => {
  await watchdog.close();
  await rm(home.root, { recursive: true, force: true });
});

const start = async (): Promise<Service> => {
  await prepareRedis(options);
  const service = new Service(redisService(options), watchdog, (line) => notices.push(line));
  await service.start();
  return service;
};

/** Sends inline commands and answers what came back. */
function send(...commands: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect({ host: '127.0.0.1', port: options.port });
    socket.on('connect', () => socket.end(`${commands.join('\r\n')}\r\n`));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

describe('the embedded Redis or Valkey', () => {
  it('keeps what it was given over a stop, never evicts, and asks for the password', async () => {
    const first = await start();
    expect(await send('PING')).toMatch(/^-NOAUTH/);
    expect(await send('AUTH secret', 'SET k v', 'CONFIG GET maxmemory-policy', 'QUIT')).toMatch(/noeviction/);
    await first.stop();
    const second = await start();
    expect(await send('AUTH secret', 'GET k', 'QUIT')).toMatch(/\$1\r\nv\r\n/);
    await second.stop();
  });

  it('keeps its password off the command line', async () => {
    const service = await start();
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(`/proc/${service.pid}/cmdline`, 'utf8')).not.toContain('secret');
    await service.stop();
  });

  it('is started again after it was killed', async () => {
    const service = await start();
    process.kill(service.pid!, 'SIGKILL');
    await expect.poll(() => notices.at(-1), { timeout: 30_000 }).toBe('The queue is back');
    expect(await send('AUTH secret', 'PING', 'QUIT')).toMatch(/\+PONG/);
    await service.stop();
  });

  it('ends a server that was left behind, before it starts its own', async () => {
    const left = await start();
    const pid = left.pid!;
    await prepareRedis(options);
    expect(isRunning(pid)).toBe(false);
    await left.stop();
  });

  it('puts a file aside that it cannot read', async () => {
    const folder = path.join(options.data, 'appendonlydir');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await writeFile(path.join(folder, 'appendonly.aof.manifest'), 'this is no manifest\n');
    await expect(start()).rejects.toThrow(/The queue did not start/);
    expect(await putUnreadableAside(options)).toBe(true);
    const service = await start();
    expect((await readdir(options.data)).some((name) => name.startsWith('appendonlydir.unreadable-'))).toBe(true);
    await service.stop();
  });
});

describe('finding a server', () => {
  it('says what to do when there is none', async () => {
    const env = { ...readEnv(), path: '/nonexistent', cache: '/nonexistent' };
    await expect(findRedis(env, home.runtime, undefined)).rejects.toThrow(/There is no Redis or Valkey server \(6\.2 or later\) on PATH/);
  });

  it('passes over a server that is too old', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-old-redis-'));
    await writeFile(path.join(folder, 'redis-server'), '#!/bin/sh\necho "Redis server v=5.0.14 sha=0"\n', { mode: 0o755 });
    await expect(findRedis({ ...readEnv(), path: folder, cache: folder }, home.runtime, undefined)).rejects.toThrow(/no Redis or Valkey server/);
    await rm(folder, { recursive: true });
  });
});

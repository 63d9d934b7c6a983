import { spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { endProcess, hasArgument, isRunning } from './processes.js';
import type { RedisBinary } from './redis-binary.js';
import { exists, ownFolder, type ServerUser } from './server-user.js';
import type { ServiceSpec } from './service.js';

const pollMs = 15;

export interface RedisOptions {
  readonly binary: RedisBinary;
  /** The server's folder: its configuration and its append-only file. */
  readonly data: string;
  readonly port: number;
  readonly password: string;
  readonly user: ServerUser | undefined;
  readonly logFile: string;
  readonly notify: (line: string) => void;
}

/** The URL by which the apps reach the embedded server. */
export function redisUrl(options: Pick<RedisOptions, 'port' | 'password'>): string {
  return `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}`;
}

const configFile = (options: RedisOptions): string => path.join(options.data, 'server.conf');

/** Writes the server's configuration, and ends a server that an earlier `trainyard up` left behind. */
export async function prepareRedis(options: RedisOptions): Promise<void> {
  await mkdir(options.data, { recursive: true });
  await ownFolder(options.data, options.user);
  await endStaleServer(options);
  // In a file, as the command line can be read by every user of the machine.
  const lines = [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `requirepass ${options.password}`,
    `dir "${options.data}"`,
    `pidfile "${path.join(options.data, 'server.pid')}"`,
    'set-proc-title no', // the command line is how a server that was left behind is recognised
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction', // BullMQ loses deliveries when keys are evicted
  ];
  await writeFile(configFile(options), `${lines.join('\n')}\n`, { mode: 0o600 });
  if (options.user !== undefined) await chown(configFile(options), options.user.uid, options.user.gid);
}

/** The server as a supervised process. */
export function redisService(options: RedisOptions): ServiceSpec {
  return {
    name: 'queue',
    layer: 'servers',
    logFile: options.logFile,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    readyTimeoutMs: 60_000,
    start: (log) => spawn(options.binary.command, [configFile(options)], { ...options.user, cwd: '/', detached: true, stdio: ['ignore', log, log] }),
    ready: (child, signal) => awaitRedis(options, child, signal),
  };
}

/**
 * A server cannot read an append-only file of a newer version, or a damaged one. The database is the truth and the queue
 * is filled again from it: such a file is put aside instead of standing in the way.
 */
export async function putUnreadableAside(options: RedisOptions): Promise<boolean> {
  const file = path.join(options.data, 'appendonlydir');
  if (!(await exists(file))) return false;
  await rename(file, `${file}.unreadable-${Date.now()}`);
  options.notify(`The queue's file could not be read by ${options.binary.title} and was put aside; the queue is filled again from the database`);
  return true;
}

async function awaitRedis(options: RedisOptions, child: ChildProcess, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    // `LOADING` while it reads its file, which we wait for too.
    if (child.pid !== undefined && (await ping(options)).startsWith('+PONG')) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** The server's answer to PING, or '' when it does not listen yet. */
function ping({ port, password }: RedisOptions): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = net.connect({ host: '127.0.0.1', port, timeout: 2_000 });
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\nQUIT\r\n`));
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => resolve(''));
    socket.on('close', () => resolve(answer.replace(/^\+OK\r\n/, '')));
  });
}

async function endStaleServer(options: RedisOptions): Promise<void> {
  const pid = Number(await readFile(path.join(options.data, 'server.pid'), 'utf8').catch(() => ''));
  if (Number.isInteger(pid) && pid > 1 && isRunning(pid) && hasArgument(pid, configFile(options))) await endProcess(pid, ['SIGTERM', 'SIGKILL']);
}

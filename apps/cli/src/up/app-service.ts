import { fork, type ChildProcess } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../user-error.js';
import type { ServiceSpec } from './service.js';

export type AppName = 'api' | 'worker' | 'predictor';

export interface AppOptions {
  readonly name: AppName;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** A worker needs time to store a snapshot of what it trains. */
  readonly stopTimeoutMs: number;
}

/**
 * One of our own Node processes as a supervised one. It says `{ready: true, url}` over IPC when it serves, and ends when
 * that channel closes, that is when we are gone.
 */
export function appService(options: AppOptions): ServiceSpec {
  return {
    name: options.name === 'api' ? 'API' : options.name,
    layer: 'apps',
    logFile: options.logFile,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: options.stopTimeoutMs,
    readyTimeoutMs: 120_000,
    start: async (log) => {
      const main = mainOf(options.name);
      await access(main).catch(() => {
        throw new UserError(`${main} does not exist: run \`npm run setup\`.`);
      });
      return fork(main, [], { env: options.env, execArgv: [], detached: true, stdio: ['ignore', log, log, 'ipc'] });
    },
    ready: awaitReady,
  };
}

/** The apps lie beside each other, in a clone as in an image. */
function mainOf(name: AppName): string {
  const apps = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
  return path.join(apps, name, 'dist', 'main.js');
}

function awaitReady(child: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !('ready' in message) || message.ready !== true) return;
      child.off('message', onMessage);
      resolve();
    };
    child.on('message', onMessage);
    signal.addEventListener('abort', () => reject(new Error('it did not become ready')), { once: true });
  });
}

import { fork, spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

const program = path.join(root, 'apps', 'cli', 'bin', 'trainyard.js');

/**
 * Starts `trainyard up` and waits until it serves. Answers `{ url, home, env, ended, interrupted, signal, stop }`: the
 * environment with which commands reach it, promises for its end and for a signal that asks for it (the latter as an
 * AbortSignal too), and a function that ends it. It ends by itself when this process is gone.
 * What it says goes to `output`.
 */
export async function startServer(env, output = process.stdout) {
  const child = fork(program, ['up'], { env, stdio: ['ignore', output, 'inherit', 'ipc'] });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const ready = new Promise((resolve) => child.once('message', resolve));
  const started = await Promise.race([ready, ended]);
  if (typeof started === 'number') throw new SetupError('trainyard up did not start; see above.');
  // Closing the channel is how it is asked to end, once however many reasons there are: a second signal would be taken for impatience.
  const end = () => child.connected && child.disconnect();
  const interruption = new AbortController();
  const interrupted = new Promise((resolve) => interruption.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      end();
      interruption.abort();
    });
  }
  return {
    url: started.url,
    home: env.TRAINYARD_HOME,
    env: { ...env, TRAINYARD_URL: started.url, TRAINYARD_API_KEY: started.apiKey ?? '' },
    ended,
    interrupted,
    signal: interruption.signal,
    stop: async () => {
      end();
      await ended;
    },
  };
}

/** The trainyard command, as a user runs it, until `signal` ends it. A command that fails is a SetupError. */
export function commandLine(env, signal) {
  const run = (args, stdio) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], { cwd: root, env, stdio, signal });
      let output = '';
      child.stdout?.on('data', (chunk) => (output += chunk));
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve(output) : reject(new SetupError(`trainyard ${args[0]} ended with ${code}.`))));
    });
  return {
    /** Shows the command and what it writes. */
    show: async (...args) => {
      console.log(`\n$ trainyard ${args.join(' ')}`);
      await run(args, ['ignore', 'inherit', 'inherit']);
    },
    /** What a command writes. */
    text: async (...args) => (await run(args, ['ignore', 'pipe', 'inherit'])).trimEnd(),
    /** The JSON that a command writes. */
    json: async (...args) => JSON.parse(await run(args, ['ignore', 'pipe', 'inherit'])),
  };
}

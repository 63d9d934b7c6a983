import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { ApiError } from '@trainyard/protocol';
import type { EventMirror } from './event-mirror.js';
import type { TensorBoardProgram } from './program.js';

const startWithinMs = 60_000;
const stopWithinMs = 5_000;
/** While somebody looks, the folder follows the objects so often; TensorBoard reads it as often. */
const syncMs = 2_000;
const looksForMs = 60_000;
const keptOutput = 4_000;

export interface TensorBoardOptions {
  readonly program: TensorBoardProgram;
  /** Its own, with the event files below. */
  readonly folder: string;
  readonly title: string;
  readonly warn: (error: unknown) => void;
}

/** One TensorBoard process over a folder of its own, which follows the objects. */
export class RunningTensorBoard {
  #lastUsed = performance.now();
  readonly #timer: NodeJS.Timeout;

  private constructor(
    readonly url: URL,
    private readonly child: ChildProcess,
    private readonly mirror: EventMirror,
    private readonly options: TensorBoardOptions,
  ) {
    this.#timer = setInterval(() => {
      if (this.idleMs < looksForMs) this.mirror.sync().catch(this.options.warn);
    }, syncMs).unref();
  }

  /** Starts it, once the event files are there. @throws ApiError `tensorboard_unavailable` when it does not start; MirrorFullError */
  static async start(mirror: EventMirror, options: TensorBoardOptions): Promise<RunningTensorBoard> {
    try {
      await mirror.sync();
      const { child, url } = await launch(options);
      return new RunningTensorBoard(url, child, mirror, options);
    } catch (error) {
      await rm(options.folder, { recursive: true, force: true });
      throw error;
    }
  }

  get idleMs(): number {
    return performance.now() - this.#lastUsed;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Somebody looks at it. */
  touch(): void {
    // After a while without anybody, what has been written since is fetched at once.
    if (this.idleMs > looksForMs) this.mirror.sync().catch(this.options.warn);
    this.#lastUsed = performance.now();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await end(this.child);
    await this.mirror.sync().catch(() => undefined); // one may be under way, and would write into the folder
    await rm(this.options.folder, { recursive: true, force: true });
  }
}

/** Starts the process and waits until it says where it listens: the port is one that was free. */
async function launch({ program, folder, title }: TensorBoardOptions): Promise<{ child: ChildProcess; url: URL }> {
  const args = [...program.args, '--logdir', folder, '--host', '127.0.0.1', '--port', '0', '--reload_interval', String(syncMs / 1000), '--window_title', title];
  // Nothing of our environment: it has our passwords.
  const child = spawn(program.command, args, { env: { ...program.env, HOME: folder, TMPDIR: folder, TF_CPP_MIN_LOG_LEVEL: '3' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const listening = new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(() => reject(unavailable(`it was not ready after ${startWithinMs / 1000} s`)), startWithinMs);
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-keptOutput);
      const port = /\bat http:\/\/[^\s/]+:(\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(new URL(`http://127.0.0.1:${port}/`));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => (clearTimeout(timer), reject(unavailable(error.message))));
    child.once('exit', () => (clearTimeout(timer), reject(unavailable(output.trim().split('\n').at(-1) ?? 'it ended'))));
  });
  try {
    return { child, url: await listening };
  } catch (error) {
    await end(child);
    throw error;
  }
}

const unavailable = (reason: string): ApiError => new ApiError('tensorboard_unavailable', `TensorBoard did not start: ${reason}`);

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(timer);
}

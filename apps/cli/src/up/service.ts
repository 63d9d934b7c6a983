import type { ChildProcess } from 'node:child_process';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../user-error.js';
import type { Layer, Watchdog } from './watchdog.js';

/** How one process of `trainyard up` is run. */
export interface ServiceSpec {
  /** As the user reads it: `database`, `worker`. */
  readonly name: string;
  readonly layer: Layer;
  /** Starts the process with its standard output and error at `log`. It must be detached: signals of the terminal are ours alone. */
  start(log: number): ChildProcess | Promise<ChildProcess>;
  /** Resolves when the process serves. Not called again for the same process; `signal` aborts when the process ended. */
  ready(child: ChildProcess, signal: AbortSignal): Promise<void>;
  readonly logFile: string;
  /** Asks the process to end properly. */
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to, before it is killed. */
  readonly stopTimeoutMs: number;
  readonly readyTimeoutMs: number;
}

const firstBackoffMs = 250;
const lastBackoffMs = 30_000;
/** A process that ran this long was healthy: the next restart is an immediate one again. */
const healthyMs = 60_000;
const maxLogBytes = 20 * 2 ** 20;
/** How often, and after how long, a program that is busy is started again. */
const mostTries = 50;
const busyMs = 100;

/** A process that is kept running: started again, with growing pauses, whenever it ends unasked. */
export class Service {
  readonly #spec: ServiceSpec;
  readonly #watchdog: Watchdog;
  readonly #notify: (line: string) => void;
  #child: ChildProcess | undefined;
  #stopping = false;
  #backoffMs = firstBackoffMs;
  #restart: NodeJS.Timeout | undefined;

  constructor(spec: ServiceSpec, watchdog: Watchdog, notify: (line: string) => void) {
    this.#spec = spec;
    this.#watchdog = watchdog;
    this.#notify = notify;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Starts the process and waits until it serves.
   *
   * @throws UserError with the end of its log when it ends before, or takes too long.
   */
  async start(): Promise<void> {
    const { name, logFile } = this.#spec;
    const { log, offset } = await openLog(logFile);
    const child = await this.#launch(log);
    const ended = new AbortController();
    const exit = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
    });
    void exit.then(() => ended.abort());
    this.#child = child;
    if (child.pid !== undefined) this.#watchdog.watch(this.#spec.layer, child.pid, this.#spec.stopSignal);
    if (this.#stopping) child.kill(this.#spec.stopSignal); // asked to stop while the process was being started
    let failure = await this.#awaitReady(child, exit, ended.signal);
    if (failure === undefined) {
      void exit.then((reason) => this.#onExit(child, reason, Date.now()));
      return;
    }
    await this.#end(child);
    if (child.pid !== undefined) this.#watchdog.forget(child.pid);
    const lines = await readFrom(logFile, offset);
    if (lines !== '') failure += `. The end of ${logFile}:\n${lines}`;
    throw new UserError(`The ${name} did not start: ${failure}`);
  }

  /** Asks the process to end, waits, and kills it when it takes too long. It is not started again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    if (this.#child !== undefined) await this.#end(this.#child);
  }

  /** Kills the process at once. */
  kill(): void {
    this.#stopping = true;
    clearTimeout(this.#restart);
    killGroup(this.#child);
  }

  async #launch(log: FileHandle): Promise<ChildProcess> {
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#spec.start(log.fd);
        } catch (error) {
          // A program that has just been unpacked is busy while a process that was forked meanwhile has it open yet: for milliseconds.
          if ((error as NodeJS.ErrnoException).code !== 'ETXTBSY' || tries === mostTries) throw error;
          await sleep(busyMs);
        }
      }
    } finally {
      await log.close(); // the process has a descriptor of its own
    }
  }

  /** Undefined when ready, else why not. */
  async #awaitReady(child: ChildProcess, exit: Promise<string>, signal: AbortSignal): Promise<string | undefined> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), this.#spec.readyTimeoutMs);
    try {
      const failed = exit.then((reason) => `it ended (${reason})`);
      const late = new Promise<string>((resolve) => {
        timeout.signal.addEventListener('abort', () => resolve(`it was not ready after ${this.#spec.readyTimeoutMs / 1000} s`));
      });
      const ready = this.#spec.ready(child, AbortSignal.any([signal, timeout.signal])).then(
        () => undefined,
        // A process that ended makes its readiness check fail too, and how it ended says more.
        (error: unknown) => (signal.aborted ? failed : error instanceof Error ? error.message : String(error)),
      );
      return await Promise.race([ready, failed, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #onExit(child: ChildProcess, reason: string, readyAt: number): void {
    if (child.pid !== undefined) this.#watchdog.forget(child.pid);
    if (this.#stopping) return;
    killGroup(child); // what it started itself
    if (Date.now() - readyAt > healthyMs) this.#backoffMs = firstBackoffMs;
    this.#scheduleRestart(`The ${this.#spec.name} ended (${reason})`);
  }

  #scheduleRestart(what: string): void {
    this.#notify(`${what}; starting it again in ${this.#backoffMs / 1000} s`);
    this.#restart = setTimeout(() => {
      this.start().then(
        () => this.#notify(`The ${this.#spec.name} is back`),
        (error: unknown) => {
          if (!this.#stopping) this.#scheduleRestart(error instanceof Error ? error.message : String(error));
        },
      );
    }, this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, lastBackoffMs);
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const timer = setTimeout(() => killGroup(child), this.#spec.stopTimeoutMs);
      child.kill(this.#spec.stopSignal);
      await gone;
      clearTimeout(timer);
    }
    killGroup(child);
    if (child.pid !== undefined) this.#watchdog.forget(child.pid);
  }
}

/** A detached process leads a group of its own: whatever it left behind goes with it. */
function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // the group is gone
  }
}

/** Opens a log for appending; one that has grown large is put aside first. */
async function openLog(file: string): Promise<{ log: FileHandle; offset: number }> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > maxLogBytes) await rename(file, `${file}.1`);
  return { log: await open(file, 'a', 0o600), offset: size > maxLogBytes ? 0 : size };
}

/** The last lines that were written behind `offset`. */
async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(offset, size - 8192);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-20).join('\n');
  } finally {
    await handle.close();
  }
}

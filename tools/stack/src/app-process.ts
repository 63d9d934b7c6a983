import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const apps = path.resolve(import.meta.dirname, '../../../apps');
const readyWithinMs = 60_000;
const keptOutput = 20_000;

export type AppName = 'api' | 'worker' | 'predictor';

export interface AppOptions {
  /** For Node itself. */
  readonly execArgv?: readonly string[];
}

/** One of our processes, as it runs in production: the built `main.js`. Once it has ended it can be started again where it was. */
export class AppProcess {
  #child: ChildProcess | undefined;
  #output = '';
  #url = '';

  private constructor(
    readonly name: AppName,
    private readonly env: NodeJS.ProcessEnv,
    private readonly options: AppOptions,
  ) {}

  /** Starts it and waits until it is ready. */
  static async start(name: AppName, env: NodeJS.ProcessEnv, options: AppOptions = {}): Promise<AppProcess> {
    const app = new AppProcess(name, env, options);
    await app.start();
    return app;
  }

  /** Starts it again, at the address where it served, and waits until it is ready. */
  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.name} runs already, as process ${this.pid}`);
    const env = this.#url === '' ? this.env : { ...this.env, PORT: new URL(this.#url).port };
    const child = fork(path.join(apps, this.name, 'dist', 'main.js'), [], { env, execArgv: [...(this.options.execArgv ?? [])], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-keptOutput)));
    const ready = new Promise<string>((resolve) => child.on('message', (message: { ready?: boolean; url?: string }) => message.ready && resolve(message.url ?? '')));
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${this.name} ended before it was ready:\n${this.output}`)));
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${this.name} was not ready in time:\n${this.output}`)), readyWithinMs).unref());
    this.#url = await Promise.race([ready, ended, late]);
  }

  /** Where it serves; '' for one that does not. */
  get url(): string {
    return this.#url;
  }

  /** The end of what it wrote. */
  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The processes that it has started and that run, in the order in which it did. */
  async children(): Promise<number[]> {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    return text.trim().split(/\s+/).filter((pid) => pid !== '').map(Number);
  }

  /** Sends it a message over IPC. */
  send(message: string): void {
    this.#child?.send(message);
  }

  /** The next message that it sends over IPC. */
  async nextMessage(): Promise<unknown> {
    if (!this.#child) throw new Error(`${this.name} has not been started`);
    const [message] = (await once(this.#child, 'message')) as [unknown];
    return message;
  }

  /** Sends it a signal, and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.running) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const apps = path.resolve(import.meta.dirname, '../../apps');
const readyWithinMs = 60_000;

/** One of our processes, as it runs in production: the built `main.js`. */
export class AppProcess {
  #output = '';

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-20_000)));
  }

  /** Starts it and waits until it is ready. @returns the process, and the URL where it serves if it does. */
  static async start(name: 'api' | 'worker' | 'predictor', env: NodeJS.ProcessEnv): Promise<{ app: AppProcess; url: string }> {
    const child = fork(path.join(apps, name, 'dist', 'main.js'), [], { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const app = new AppProcess(name, child);
    const ready = new Promise<string>((resolve) => child.on('message', (message: { ready?: boolean; url?: string }) => message.ready && resolve(message.url ?? '')));
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended before it was ready:\n${app.output}`)));
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${name} was not ready in time:\n${app.output}`)), readyWithinMs).unref());
    return { app, url: await Promise.race([ready, ended, late]) };
  }

  /** The end of what it wrote. */
  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The processes that it has started and that run. */
  async children(): Promise<number[]> {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    return text.trim().split(/\s+/).filter((pid) => pid !== '').map(Number);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}

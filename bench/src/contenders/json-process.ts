import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { type Answer, ContenderError, NotSupportedError } from './contender.js';

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A process that answers a line of JSON to each line of JSON. */
export class JsonProcess {
  readonly name: string;
  /** Seconds since 1970. */
  readonly spawnedAt = Date.now() / 1000;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  #stderr = '';

  constructor({ name, file, args, env }: Command) {
    this.name = name;
    this.#child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-4000)));
    this.#child.stdin.on('error', () => undefined); // a process that is gone: its answer will be missing
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(`could not be started: ${error.message}`));
      this.#child.on('close', (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** @throws ContenderError, NotSupportedError: what the process answered, or how it ended. */
  async ask<T>(request: { readonly op: string; readonly [field: string]: unknown }): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#answers.next();
    if (line.done) throw new ContenderError(this.name, `${request.op}: the process ${await this.#ended}\n${this.#stderr}`);
    const answer = JSON.parse(line.value) as Answer;
    if ('ok' in answer) return answer.ok as T;
    if ('not_supported' in answer) throw new NotSupportedError(answer.not_supported);
    throw new ContenderError(this.name, `${request.op}: ${answer.error}`);
  }

  /** The most memory that it has had, in MiB. */
  async peakRssMiB(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.#ended;
    clearTimeout(patience);
    this.#lines.close();
  }
}

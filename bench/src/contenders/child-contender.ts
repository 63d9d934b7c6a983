import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import type { Case } from '../cases.js';
import { type Answer, type Contender, ContenderError, type Fitted, type Loaded, NotSupportedError, type Request } from './contender.js';

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A contender in a process of its own, which answers a line of JSON to each line of JSON. */
export class ChildContender implements Contender {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  readonly #spawnedAt = Date.now() / 1000;
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

  load(case_: Case): Promise<Loaded> {
    return this.#ask({ op: 'load', case: case_, spawned_at: this.#spawnedAt });
  }

  async warmUp(seconds: number): Promise<void> {
    await this.#ask({ op: 'warm_up', seconds });
  }

  fit(): Promise<Fitted> {
    return this.#ask({ op: 'fit' });
  }

  async predict(calls: number): Promise<readonly number[]> {
    return (await this.#ask<{ ms: number[] }>({ op: 'predict', calls })).ms;
  }

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

  async #ask<T>(request: Request): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#answers.next();
    if (line.done) throw new ContenderError(this.name, `${request.op}: the process ${await this.#ended}\n${this.#stderr}`);
    const answer = JSON.parse(line.value) as Answer;
    if ('ok' in answer) return answer.ok as T;
    if ('not_supported' in answer) throw new NotSupportedError(answer.not_supported);
    throw new ContenderError(this.name, `${request.op}: ${answer.error}`);
  }
}

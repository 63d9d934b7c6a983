import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AttemptEnd } from '@trainyard/database';
import { streamingNodeOptions } from '@trainyard/dataset';
import { exportSpan } from '@trainyard/telemetry';
import type { FromChild, Report, ToChild } from '../messages.js';
import { oomKills } from './memory.js';

/** Of what is compiled, as this module is. */
const program = fileURLToPath(new URL('../child.js', import.meta.url));
const keptErrorText = 4096;

/** How a training process ended: it said so itself, or it died. */
export type ProcessEnd = { readonly said: AttemptEnd } | { readonly died: string };

export interface Listener {
  readonly onReport: (report: Report) => void;
  /** A line that it, or a library in it, wrote to its standard output or error. */
  readonly onLine: (line: string) => void;
}

/** The process of an attempt. Until it is told to start it loads its code and waits. */
export class TrainingProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #listener: Listener | undefined;
  #ready = false;

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = fork(program, [], { env: { ...env }, execArgv: [...streamingNodeOptions], serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.ended = this.#watch();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can still be told something. */
  get alive(): boolean {
    return this.#child.connected;
  }

  /** Whether it has warmed up. */
  get ready(): boolean {
    return this.#ready;
  }

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  tell(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => undefined); // it may be gone: its end tells
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #watch(): Promise<ProcessEnd> {
    const killsBefore = oomKills();
    let said: AttemptEnd | undefined;
    let errorText = '';
    this.#child.on('message', (message: FromChild) => {
      switch (message.type) {
        case 'ready':
          this.#ready = true;
          return;
        case 'report':
          this.#listener?.onReport(message.report);
          return;
        case 'span':
          exportSpan(message.span);
          return;
        case 'ended':
          said = message.end;
          return;
        default:
          message satisfies never;
      }
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        errorText = (errorText + text).slice(-keptErrorText);
        for (const line of text.split('\n')) if (line.trim() !== '') this.#listener?.onLine(line);
      });
    const { code, signal, error } = await exitOf(this.#child);
    if (said) return { said };
    if (error) return { died: `the training process could not be started: ${error.message}` };
    const before = await killsBefore;
    const after = await oomKills();
    const outOfMemory = signal === 'SIGKILL' && before !== undefined && after !== undefined && after > before;
    const how = outOfMemory ? "by the kernel, for want of the machine's memory" : signal === null ? `with exit code ${code}` : `by ${signal}`;
    const last = errorText.trim().split('\n').at(-1);
    return { died: `the training process ended ${how}${last ? `; its last words: ${last.slice(0, 500)}` : ''}` };
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** Resolves once the process is gone and all that it said has been heard. */
function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit | undefined;
    const settle = (): void => {
      if (exit && !child.connected) resolve(exit);
    };
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
    child.once('disconnect', () => setImmediate(settle));
    child.once('close', (code, signal) => {
      exit = { code, signal };
      settle();
    });
  });
}

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Entry } from './corpus.js';
import { childrenOf, residentKiB } from './memory.js';
import type { Measured } from './verdict.js';

/** A reader that has not answered after so long is ended, and its file counts as not refused. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 4;

/** Keeps a reading process, and makes a new one where a file has ended it. */
export class Supervisor {
  #reader: ChildProcess | undefined;
  /** The mark of the process that the reader starts for the smallest sound file, in KiB. */
  #usual = 0;

  constructor(private readonly folder: string) {}

  /** Reads a file whose reading needs what all need, so that what comes after is compared with it. */
  async warmUp(entry: Entry): Promise<void> {
    this.#usual = 0;
    const { peakKiB } = await this.#ask(entry);
    this.#usual = peakKiB;
  }

  async measure(entry: Entry): Promise<Measured> {
    const { measured, peakKiB } = await this.#ask(entry);
    const grown = Math.max(0, peakKiB - this.#usual) / 1024;
    return { ...measured, growthMiB: measured.growthMiB === undefined ? undefined : measured.growthMiB + (peakKiB > 0 ? grown : 0) };
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    if (!reader || reader.exitCode !== null || reader.signalCode !== null) return;
    const ended = new Promise((resolve) => reader.once('exit', resolve));
    reader.disconnect();
    await ended;
  }

  async #ask(entry: Entry): Promise<{ measured: Measured; peakKiB: number }> {
    const reader = (this.#reader ??= await this.#start());
    return new Promise((resolve) => {
      const started = performance.now();
      let peakKiB = 0;
      let why: string | undefined;
      const look = setInterval(() => {
        for (const child of childrenOf(reader.pid ?? 0)) peakKiB = Math.max(peakKiB, residentKiB(child)?.peak ?? 0);
        if (performance.now() - started < PATIENCE_MS || why !== undefined) return;
        why = `the reading process did not answer for ${PATIENCE_MS / 1000} s`;
        reader.kill('SIGKILL');
      }, LOOK_EVERY_MS);
      const settle = (measured: Measured): void => {
        clearInterval(look);
        reader.off('message', answered);
        reader.off('exit', ended);
        resolve({ measured, peakKiB });
      };
      const answered = (message: unknown): void => settle(message as Measured);
      const ended = (code: number | null, signal: string | null): void => {
        this.#reader = undefined;
        const message = why ?? `the reading process ended with ${signal ?? `exit code ${code}`}`;
        settle({ outcome: { how: 'failed', message }, ms: performance.now() - started, growthMiB: undefined, breaches: [] });
      };
      reader.on('message', answered);
      reader.on('exit', ended);
      reader.send(entry);
    });
  }

  async #start(): Promise<ChildProcess> {
    const reader = fork(fileURLToPath(new URL('./reader.js', import.meta.url)), [this.folder], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await new Promise<void>((resolve, reject) => {
      reader.once('message', () => resolve());
      reader.once('exit', (code) => reject(new Error(`the reading process could not start: exit code ${code}`)));
    });
    reader.removeAllListeners('exit');
    return reader;
  }
}

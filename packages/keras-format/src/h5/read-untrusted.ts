import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import { FormatError } from '../format-error.js';
import { MAX_BYTES } from './keras-groups.js';
import { unpack } from './transfer.js';
import type { ModelFile, ReadOptions, WeightsFile } from './weights-file.js';

/** `maxBytes` is, unless given, 16 MiB and 16 times the file, 2 GiB at most. */
export interface UntrustedOptions extends Pick<ReadOptions, 'maxBytes' | 'extra' | 'model'> {
  /** Default: 60 s. */
  timeoutMs?: number;
  /** Memory that the reading process may allocate. Default: 1 GiB and eight times the file. */
  memoryLimitMiB?: number;
}

/**
 * Arrays that a file may declare: what it may hold in earnest. Keras compresses nothing, and weights hardly compress; a file of zeros
 * that inflates to a hundred times its size is made to fill memory.
 */
const usualBytes = (fileBytes: number): number => Math.min(MAX_BYTES, 16 * 2 ** 20 + 16 * fileBytes);
/** Text around the arrays of an answer: names, model_config, training_config. */
const MAX_HEADER_BYTES = 512 * 1024 * 1024;
/**
 * Soft and hard limit on what the process allocates; no core file. The address space (`ulimit -v`) cannot be limited:
 * V8 reserves tens of GiB of it that it never touches.
 */
const LAUNCH = 'ulimit -c 0; ulimit -d "$1" || exit 97; shift; exec "$@"';

/**
 * Reads a file that somebody else made, in a process of its own: with no environment, no files, sockets or secrets
 * of this one, and with limits on memory and time. What it answers is what `readModelFile`,
 * `readKerasArchive` (`keras`) and `readWeightsFile` answer.
 *
 * @throws FormatError also where reading exceeds the limits or ends the process.
 */
export function readUntrusted(bytes: Uint8Array, kind: 'model' | 'keras', options?: UntrustedOptions): Promise<ModelFile>;
export function readUntrusted(bytes: Uint8Array, kind: 'weights', options?: UntrustedOptions): Promise<WeightsFile>;
export async function readUntrusted(bytes: Uint8Array, kind: 'model' | 'keras' | 'weights', options: UntrustedOptions = {}): Promise<WeightsFile | ModelFile> {
  const { maxBytes = usualBytes(bytes.length), extra, model, timeoutMs = 60_000 } = options;
  const memoryLimitMiB = options.memoryLimitMiB ?? 1024 + Math.ceil((8 * bytes.length) / 2 ** 20);
  // Behind the file, for an argument holds no more than 128 KiB.
  const json = Buffer.from(model?.json ?? '');
  const program = createRequire(import.meta.url).resolve('@trainyard/keras-format/untrusted-child');
  const command = [process.execPath, `--max-old-space-size=${memoryLimitMiB}`, program, kind, String(bytes.length), JSON.stringify({ maxBytes, extra, kerasVersion: model?.kerasVersion }), String(json.length)];
  const child = spawn('/bin/sh', ['-c', LAUNCH, 'sh', String(memoryLimitMiB * 1024), ...command], { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = await converse(child, [bytes, json], { timeoutMs, maxAnswer: maxBytes + MAX_HEADER_BYTES });
  if (ended.refused) throw new FormatError(ended.refused.code, 'the file', ended.refused.problem);
  if (ended.code !== 0) {
    const how = ended.signal === null ? `exit code ${ended.code}` : `signal ${ended.signal}`;
    throw new FormatError('unreadable', 'the file', `the process that read it ended with ${how}; it may use ${memoryLimitMiB} MiB of memory`, { cause: new Error(ended.stderr) });
  }
  return unpack(ended.answer);
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  answer: Buffer;
  stderr: string;
  /** Why the process was ended from here. */
  refused?: { code: string; problem: string };
}

/** Sends the file, collects the answer, waits for the end. @throws Error where the process cannot be started. */
function converse(child: ChildProcessByStdio<Writable, Readable, Readable>, parts: readonly Uint8Array[], { timeoutMs, maxAnswer }: { timeoutMs: number; maxAnswer: number }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const answer: Buffer[] = [];
    let received = 0;
    let stderr = '';
    let refused: Ended['refused'];
    const refuse = (code: string, problem: string): void => {
      refused ??= { code, problem };
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => refuse('timeout', `expected to read it within ${timeoutMs} ms, it took longer`), timeoutMs);
    child.stdout.on('data', (part: Buffer) => {
      received += part.length;
      if (received > maxAnswer) refuse('too_large', `expected at most ${maxAnswer} bytes of content, received more`);
      else answer.push(part);
    });
    child.stderr.on('data', (part: Buffer) => (stderr = (stderr + part.toString()).slice(-4096)));
    child.stdin.on('error', () => undefined); // it ended before it had read all: its exit tells why
    for (const part of parts) child.stdin.write(part);
    child.stdin.end();
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, answer: Buffer.concat(answer), stderr, ...(refused && { refused }) });
    });
  });
}

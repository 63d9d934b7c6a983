import { DataError } from '../../data-error.js';
import { maxFileBytes } from '../../images/decoder.js';
import type { ShardFile } from '../../shards/shard-file.js';

/** Files on their way at a time: as many as hide the wait for an answer. */
const mostFiles = 8;
const mostBytes = 16 * 1024 * 1024;

/** The bytes of files, in their order. Up to eight of 16 MiB together, or a single larger one, are on their way at a time. */
export async function* contentsOf(files: readonly ShardFile[], signal?: AbortSignal): AsyncGenerator<Buffer, void> {
  const ended = new AbortController();
  const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
  const waiting: { readonly bytes: number; readonly content: Promise<Buffer> }[] = [];
  let [next, bytes] = [0, 0];
  try {
    for (;;) {
      for (let file = files[next]; file && (waiting.length === 0 || (waiting.length < mostFiles && bytes + file.bytes <= mostBytes)); file = files[++next]) {
        const content = read(file, either);
        content.catch(() => undefined); // shows when its turn comes
        waiting.push({ bytes: file.bytes, content });
        bytes += file.bytes;
      }
      const first = waiting.shift();
      if (!first) return;
      yield await first.content;
      bytes -= first.bytes;
    }
  } finally {
    ended.abort();
  }
}

async function read(file: ShardFile, signal: AbortSignal): Promise<Buffer> {
  if (file.bytes > maxFileBytes) throw new DataError(file.name, `expected an image of at most ${maxFileBytes} bytes, received one of ${file.bytes}; make it smaller before`);
  return file.read(0, file.bytes, signal);
}

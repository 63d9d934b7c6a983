import { FormatError } from '../format-error.js';
import { readKerasArchive } from '../keras-archive/read.js';
import { readModelFile } from './model-file.js';
import { packError, packFile } from './transfer.js';
import { readWeightsFile } from './weights.js';

/**
 * The process that `readUntrusted` starts: reads a file from stdin, answers on stdout, and ends.
 * Arguments: what to read, its length in bytes, the options as JSON.
 */
const [kind, length, options] = process.argv.slice(2);

async function answer(): Promise<Uint8Array[]> {
  try {
    const bytes = await readStdin(Number(length));
    const read = kind === 'model' ? readModelFile : kind === 'keras' ? readKerasArchive : readWeightsFile;
    return packFile(await read(bytes, JSON.parse(options ?? '{}') as { maxBytes?: number; extra?: string[] }));
  } catch (error) {
    if (error instanceof FormatError) return packError(error);
    throw error;
  }
}

async function readStdin(bytes: number): Promise<Uint8Array> {
  const out = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    out.set(chunk, at);
    at += chunk.length;
  }
  if (at !== bytes) throw new Error(`expected ${bytes} bytes, received ${at}`);
  return out;
}

for (const part of await answer()) process.stdout.write(part);

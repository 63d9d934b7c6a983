import { FormatError } from '../format-error.js';
import { readKerasArchive } from '../keras-archive/read.js';
import { readModelFile } from './model-file.js';
import { packError, packFile } from './transfer.js';
import { readWeightsFile } from './weights.js';
import type { ReadOptions } from './weights-file.js';

/**
 * The process that `readUntrusted` starts: reads a file from stdin, answers on stdout, and ends.
 * Arguments: what to read, its length in bytes, the options as JSON, the length of the model's JSON that follows the file.
 */
const [kind, length, options, modelLength] = process.argv.slice(2);

async function answer(): Promise<Uint8Array[]> {
  try {
    const input = await readStdin(Number(length) + Number(modelLength));
    const bytes = input.subarray(0, Number(length));
    const json = Buffer.from(input.subarray(bytes.length)).toString();
    const read = kind === 'model' ? readModelFile : kind === 'keras' ? readKerasArchive : readWeightsFile;
    const { kerasVersion, ...others } = JSON.parse(options ?? '{}') as Pick<ReadOptions, 'maxBytes' | 'extra'> & { kerasVersion?: string };
    const model = { json, ...(kerasVersion !== undefined && { kerasVersion }) };
    return packFile(await read(bytes, json === '' ? others : { ...others, model }));
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

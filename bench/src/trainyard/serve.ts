import { createInterface } from 'node:readline';

import { FormatError } from '@trainyard/keras-format';

import type { Answer } from '../contenders/contender.js';

/** One JSON request a line on standard input, one JSON answer a line on standard output, until the input ends. */
export async function serve<Request>(answer: (request: Request) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await safely(() => answer(JSON.parse(line) as Request)))}\n`);
}

async function safely(answer: () => Promise<unknown>): Promise<Answer> {
  try {
    return { ok: (await answer()) ?? null };
  } catch (error) {
    if (error instanceof FormatError && /^(unknown|unsupported)_/.test(error.code)) return { not_supported: error.message };
    return { error: (error as Error).stack ?? String(error) };
  }
}

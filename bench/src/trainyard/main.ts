// The engine as a contender: one JSON request a line on standard input, one JSON answer a line on standard output.
// The requests are those of bench/peers/peer.py. The process ends with its input.
import { createInterface } from 'node:readline';

import { FormatError } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import type { Answer, Request } from '../contenders/contender.js';
import { LoadedCase } from './loaded-case.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
let loaded: LoadedCase | undefined;

function current(): LoadedCase {
  if (!loaded) throw new Error('expected a case to be loaded first');
  return loaded;
}

async function answer(request: Request): Promise<unknown> {
  switch (request.op) {
    case 'load':
      loaded = await LoadedCase.load(request.case, runtime, request.spawned_at);
      return loaded.description;
    case 'warm_up':
      return { epochs: await current().warmUp(request.seconds) };
    case 'fit':
      return current().fit();
    case 'predict':
      return { ms: await current().predict(request.calls) };
    default:
      return request satisfies never;
  }
}

async function safely(request: Request): Promise<Answer> {
  try {
    return { ok: await answer(request) };
  } catch (error) {
    if (error instanceof FormatError && /^(unknown|unsupported)_/.test(error.code)) return { not_supported: error.message };
    return { error: (error as Error).stack ?? String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await safely(JSON.parse(line) as Request))}\n`);
loaded?.dispose();
runtime.dispose();

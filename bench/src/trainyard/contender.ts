// The engine as a contender. Its requests are those of bench/peers/peer.py.
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import type { Request } from '../contenders/contender.js';
import { LoadedCase } from './loaded-case.js';
import { serve } from './serve.js';

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
      return { epochs: await current().warmUp(request.seconds), plan: current().planText };
    case 'fit':
      return current().fit();
    case 'predict':
      return { ms: await current().predict(request.rows, request.calls) };
    default:
      return request satisfies never;
  }
}

await serve(answer);
loaded?.dispose();
runtime.dispose();

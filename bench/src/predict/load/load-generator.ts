// Asks servers, in a process of its own, which does nothing else.
import { readFile } from 'node:fs/promises';

import { quantile } from '../../measure/statistics.js';
import { serve } from '../../trainyard/serve.js';
import type { LoadCommand, LoadFigures, OnceFigures, RequestFile } from './load-client.js';
import { askOnce, type LoadRequest, runLoad } from './run-load.js';

const loaded = async ({ url, headers, bodyFile }: RequestFile): Promise<LoadRequest> => ({ url, headers, body: await readFile(bodyFile) });

async function answer(command: LoadCommand): Promise<LoadFigures | OnceFigures> {
  const request = await loaded(command.request);
  if (command.op === 'once') {
    const { ms, body } = await askOnce(request);
    return { ms, body: body.toString('latin1') };
  }
  const { ms, seconds } = await runLoad(request, command);
  return { requests: ms.length, seconds, p50Ms: quantile(ms, 0.5), p99Ms: quantile(ms, 0.99) };
}

await serve(answer);

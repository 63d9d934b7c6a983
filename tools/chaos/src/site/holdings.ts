import { fileURLToPath } from 'node:url';
import type { AppProcess } from '@trainyard/stack';
import { probeRequest, type Holdings } from './probe.js';

/** For Node, of a process that is to be measured. */
export const probeArguments = ['--expose-gc', '--import', fileURLToPath(new URL('./probe.js', import.meta.url))];

/** What a process holds that was started with {@link probeArguments}. */
export async function holdingsOf(app: AppProcess): Promise<Holdings> {
  const answer = app.nextMessage() as Promise<Record<typeof probeRequest, Holdings>>;
  app.send(probeRequest);
  return (await answer)[probeRequest];
}

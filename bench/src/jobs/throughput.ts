import type { Client } from '@trainyard/client';
import type { JobRequestInput } from '@trainyard/protocol';

import { succeeded } from './first-step.js';

export interface Throughput {
  readonly jobs: number;
  readonly clients: number;
  /** From the first POST to the last answer. */
  readonly postSeconds: number;
  /** From the first POST to the end of the last job. */
  readonly seconds: number;
}

/** Sends `jobs` jobs by so many clients at once, each its next one when the one before is answered, and waits until all have succeeded. */
export async function timeManyJobs(client: Client, request: JobRequestInput, jobs: number, clients: number): Promise<Throughput> {
  const ids: string[] = [];
  let next = 0;
  const started = Date.now();
  const send = async (): Promise<void> => {
    while (next < jobs) {
      const name = `bench ${++next} of ${jobs}`;
      ids.push((await client.jobs.create({ ...request, name })).id);
    }
  };
  await Promise.all(Array.from({ length: clients }, send));
  const answered = Date.now();
  let finished = started;
  for (const id of ids) finished = Math.max(finished, Date.parse(await succeeded(client, id)));
  return { jobs, clients, postSeconds: (answered - started) / 1000, seconds: (finished - started) / 1000 };
}

import { deleteJob } from '@trainyard/database';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';
import { jobPrefix } from '../../../../jobs/object-keys.js';

const Deleted = z.object({ id: z.string(), object: z.literal('job'), deleted: z.literal(true) });
const batch = 500;

export function addDeleteJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Delete a job that has ended, with its checkpoints and logs', params: JobParams, response: { 200: Deleted } };
  app.delete('/v1/jobs/:id', { config: { scope: 'train' }, schema }, async (request) => {
    const job = await loadJob(deps, request);
    await deleteJob(deps.database, request.projectId, job.id);
    await deleteObjects(deps, jobPrefix(request.projectId, job.id));
    return { id: job.id, object: 'job' as const, deleted: true as const };
  });
}

async function deleteObjects({ store }: Deps, prefix: string): Promise<void> {
  let keys: string[] = [];
  for await (const { key } of store.list(prefix)) {
    keys.push(key);
    if (keys.length === batch) {
      await store.delete(keys);
      keys = [];
    }
  }
  if (keys.length > 0) await store.delete(keys);
}

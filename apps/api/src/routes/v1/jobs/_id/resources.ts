import { listResources } from '@trainyard/database';
import { ResourceSamples } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';

export function addResources(app: App, deps: Deps): void {
  const schema = { tags: ['results'], summary: 'What the processes of a job took over time: processor, memory, GPU memory', params: JobParams, response: { 200: ResourceSamples } };
  app.get('/v1/jobs/:id/resources', { config: { scope: 'read' }, schema }, async (request) => {
    const { id } = await loadJob(deps, request);
    const samples = await listResources(deps.database, id);
    const data = samples.map(({ attempt, at, cpuPercent, memoryMb, memoryLimitMb, gpuMemoryMb }) => ({
      ...{ attempt, at: at.toISOString(), cpu_percent: cpuPercent, memory_mb: memoryMb, memory_limit_mb: memoryLimitMb, gpu_memory_mb: gpuMemoryMb },
    }));
    return { object: 'list' as const, data };
  });
}

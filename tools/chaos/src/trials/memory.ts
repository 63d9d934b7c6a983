import type { JobRequestInput } from '@trainyard/protocol';
import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { greedyJobs } from '../jobs/greedy-jobs.js';
import { plainJob } from '../jobs/plain-job.js';
import { runUndisturbed } from '../jobs/undisturbed.js';
import { duration, durationFigure, type Figure } from '../report/figures.js';
import { differencesOf } from '../results/differences.js';
import { readResult } from '../results/job-result.js';
import { describe, inTraining, untilAllEnded, untilJob } from '../site/jobs-table.js';
import type { Site } from '../site/site.js';
import { defineTrial, type TrialContext } from './trial.js';

const promises = {
  greedy: 'the job that asks for more memory than it may have ends failed, with code oom_host',
  other: 'the job beside it succeeds, and comes to what it comes to alone, byte for byte, in one attempt',
  supervisor: 'the worker that both ran on goes on',
} as const;

export const memory = defineTrial({
  name: 'memory',
  title: 'two jobs with memory_limit_mb on one worker, of which one asks for more than it has',
  load: 'computes',
  counts: { full: 5, short: 2 },
  promises,
  run: (context) => context.sites.with({}, (site) => exceedMemory(context, site)),
});

const enoughMb = 8192;
/** More than a training process takes to begin with. */
const tooLittleMb = 1024;
/** Some seconds of training: the greedy job ends within them. */
const epochs = { full: 300, short: 150 };

async function exceedMemory({ count, sizeOf, promises: kept, say }: TrialContext<keyof typeof promises>, site: Site): Promise<Figure[]> {
  const api = new JobsApi((await site.processes.startApi()).url);
  await uploadChaosData(api);
  const { app, name } = await site.startWorker({ WORKER_CONCURRENCY: '2' });
  const modest: JobRequestInput = { ...plainJob(sizeOf(epochs)), resources: { memory_limit_mb: enoughMb } };
  const alone = await runUndisturbed(api, site.sql, modest);
  const { pid } = app;
  const failedMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const request = greedyJobs[i % greedyJobs.length] as JobRequestInput;
    const { id } = await api.submit(modest);
    await untilJob(site.sql, id, 'to train', inTraining);
    const sent = performance.now();
    const greedy = await api.submit({ ...request, resources: { memory_limit_mb: tooLittleMb } });
    const [ended] = await untilAllEnded(site.sql, [greedy.id], { patienceMs: 120_000, everyMs: 20 });
    failedMs.push(performance.now() - sent);
    const { error } = await api.job(greedy.id);
    const where = `${greedy.id} (${request.name}), beside ${id}`;
    say(`${where}: ${error?.code ?? 'no error'} after ${duration(performance.now() - sent)}: ${error?.message ?? ''}`);
    kept.check('greedy', ended?.status === 'failed' && error?.code === 'oom_host', ended ? describe(ended) : 'gone', where);
    const [other] = await untilAllEnded(site.sql, [id], { patienceMs: 120_000 });
    kept.check('other', other?.status === 'succeeded' && other.attempt === 1, other ? describe(other) : 'gone', where);
    if (other?.status === 'succeeded') {
      const { weights, optimizer, history, records } = differencesOf(alone.result, await readResult(api, site.sql, id));
      kept.nothing('other', [...weights, ...optimizer, ...history, ...records], where);
    }
    kept.check('supervisor', app.running && app.pid === pid, `process ${pid} has ended: ${app.output.slice(-500)}`, name);
  }
  return [durationFigure('until the greedy job had failed', failedMs)];
}

import { runJobs } from '../jobs/run-jobs.js';
import { jobsFigures, jobsMarkdown } from '../report/jobs.js';
import type { Suite } from './suite.js';

/** Jobs that are not counted: the first ones meet code that has never run. */
const WARM_UP_JOBS = 3;
/** Between a job's end and the next POST: by then the worker's next process is ready. */
const PAUSE_MS = 2500;
/** Jobs that are sent at once, for each that was sent alone. */
const MANY = 5;
const CLIENTS = 8;

/** The way of a job through the whole service. */
export const jobs: Suite = {
  key: 'jobs',
  run: async ({ options: { jobs: alone }, env, tools, machine, say, keep }) => {
    const run = await runJobs(tools.startService, env, { warmUp: WARM_UP_JOBS, alone, pauseMs: PAUSE_MS, many: MANY * alone, clients: CLIENTS, say });
    const figures = jobsFigures(run, machine);
    await keep(figures);
    return { markdown: jobsMarkdown(figures), failed: false };
  },
};

import { type Milestone, milestones } from '../jobs/first-step.js';
import type { JobsRun } from '../jobs/run-jobs.js';
import type { Machine } from '../measure/machine.js';
import { quantile } from '../measure/statistics.js';
import { round, short, table } from './table.js';

interface Spread {
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly min_ms: number;
  readonly max_ms: number;
}

/** The suite's entry in the JSON file. */
export interface JobsFigures {
  /** From sending the POST to the end of the first training step. */
  readonly post_to_first_step: Spread & { readonly jobs: number };
  /** From sending the POST, too: each stage that jobs passed on their way. */
  readonly milestones: Readonly<Partial<Record<Milestone, Spread>>>;
  readonly throughput: {
    readonly jobs: number;
    readonly clients: number;
    readonly seconds: number;
    readonly jobs_per_s: number;
    readonly posts_per_s: number;
  };
  readonly machine: Machine;
}

export function jobsFigures({ alone, many }: JobsRun, machine: Machine): JobsFigures {
  const passed = (milestone: Milestone): number[] => alone.flatMap((times) => times[milestone] ?? []);
  return {
    post_to_first_step: { jobs: alone.length, ...spread(passed('first_step')) },
    milestones: Object.fromEntries(milestones.filter((milestone) => passed(milestone).length > 0).map((milestone) => [milestone, spread(passed(milestone))])),
    throughput: {
      jobs: many.jobs,
      clients: many.clients,
      seconds: round(many.seconds),
      jobs_per_s: round(many.jobs / many.seconds),
      posts_per_s: round(many.jobs / many.postSeconds),
    },
    machine,
  };
}

function spread(ms: readonly number[]): Spread {
  return { p50_ms: round(quantile(ms, 0.5)), p95_ms: round(quantile(ms, 0.95)), min_ms: round(Math.min(...ms)), max_ms: round(Math.max(...ms)) };
}

const titles: Readonly<Record<Milestone, string>> = {
  answered: 'the POST is answered',
  claimed: 'a worker has claimed the job',
  loading_data: 'its process begins to load data',
  building: 'the data is loaded',
  restoring: 'the model is built',
  training: 'the first epoch begins',
  first_step: '**the first step is trained** (traced, optimized, run)',
  second_step: 'the second step is trained',
  finished: 'the job has succeeded',
};

export function jobsMarkdown({ post_to_first_step: { jobs }, milestones: passed, throughput }: JobsFigures): string {
  const rows = milestones.flatMap((milestone) => {
    const ms = passed[milestone];
    return ms ? [[titles[milestone], ms.p50_ms, ms.p95_ms, ms.min_ms, ms.max_ms].map((value) => (typeof value === 'number' ? short(value) : value))] : [];
  });
  const { jobs: many, clients, seconds, jobs_per_s, posts_per_s } = throughput;
  return [
    `### From POST to the first step: milliseconds since the POST was sent, ${jobs} jobs one by one`,
    table(['', 'p50', 'p95', 'fastest', 'slowest'], rows),
    '### Jobs through the API',
    `${many} jobs by ${clients} clients: ${short(posts_per_s)} POSTs answered a second, ${short(jobs_per_s)} jobs done a second (${short(seconds)} s).`,
  ].join('\n\n');
}

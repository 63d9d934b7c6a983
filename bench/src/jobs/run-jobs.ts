import { type JobTimes, timeFirstSteps } from './first-step.js';
import { BenchService, type StartService } from './service.js';
import { uploadSmallJob } from './small-job.js';
import { type Throughput, timeManyJobs } from './throughput.js';

export interface JobsRun {
  /** Of each job that was sent alone. */
  readonly alone: readonly JobTimes[];
  readonly many: Throughput;
}

export interface JobsOptions {
  /** Jobs before those that are timed. */
  readonly warmUp: number;
  /** Jobs that are timed one by one. */
  readonly alone: number;
  /** Between a job's end and the next one's POST. */
  readonly pauseMs: number;
  /** Jobs that are sent by so many clients at once. */
  readonly many: number;
  readonly clients: number;
  readonly say: (text: string) => void;
}

/** The way of a job through the whole service: how long until it trains, and how many jobs a second come through. */
export async function runJobs(start: StartService, env: NodeJS.ProcessEnv, options: JobsOptions): Promise<JobsRun> {
  const say = (text: string): void => options.say(`jobs: ${text}`);
  say('starting a service');
  const service = await BenchService.start(start, env);
  try {
    const request = await uploadSmallJob(service.client);
    const alone = await timeFirstSteps(service, request, { ...options, say });
    say(`${options.many} jobs by ${options.clients} clients`);
    return { alone, many: await timeManyJobs(service.client, request, options.many, options.clients) };
  } finally {
    await service.stop();
  }
}

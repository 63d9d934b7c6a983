import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Client } from '@trainyard/client';
import { isTerminal, type Job, type StepMetrics } from '@trainyard/protocol';
import { useClient } from '../session/api-context.js';
import type { Zoom } from '../charts/chart.js';
import { appendSteps, lastStep } from './step-metrics.js';

/** About two for each pixel of a wide chart; all metrics of a job share them. */
const maxPoints = 2_000;
const pollMs = 1_500;

/**
 * A job's metrics by step, as many points as can be told apart on a screen, however long the job is: the API thins them out,
 * and is asked anew for a stretch that is zoomed in to. While the job runs only what is new is asked for.
 */
export function useStepMetrics(job: Pick<Job, 'id' | 'status' | 'progress'>, zoom: Zoom) {
  const client = useClient();
  const queries = useQueryClient();
  const whole = zoom === undefined;
  const [fromStep, toStep] = whole ? [undefined, undefined] : [Math.max(0, Math.floor(zoom[0]) - 1), Math.max(0, Math.ceil(zoom[1]) + 1)];
  const key = ['jobs', job.id, 'step-metrics', fromStep, toStep];
  const live = !isTerminal(job.status);
  return useQuery({
    queryKey: key,
    placeholderData: keepPreviousData,
    staleTime: live ? 0 : Infinity,
    refetchInterval: live && whole ? pollMs : false,
    structuralSharing: false,
    queryFn: ({ signal }) => (whole ? readOn(client, job, queries.getQueryData<StepMetrics>(key), signal) : client.jobs.metrics(job.id, { fromStep, toStep, maxPoints }, { signal })),
  });
}

/** What is known, and what has come since. Read anew when too many points have come together, or a lost worker has set the job back. */
async function readOn(client: Client, { id, progress }: Pick<Job, 'id' | 'progress'>, known: StepMetrics | undefined, signal: AbortSignal): Promise<StepMetrics> {
  const last = known === undefined ? undefined : lastStep(known);
  const setBack = last !== undefined && progress !== null && progress.step < last;
  if (known === undefined || last === undefined || setBack || known.step.length > 2 * maxPoints) return client.jobs.metrics(id, { maxPoints }, { signal });
  return appendSteps(known, await client.jobs.metrics(id, { fromStep: last + 1, maxPoints }, { signal }));
}

import type { Client } from '@trainyard/client';
import { isTerminal, type Job } from '@trainyard/protocol';
import { kerasBar, kerasDuration, kerasMetrics } from '../terminal/keras-bar.js';
import { LiveLine, type Output } from '../terminal/output.js';
import { pause } from './pause.js';

const pollMs = 500;

/** Shows an evaluation, or predictions of a source, until the job ends, and answers it as it is then; undefined when `signal` ends the showing. */
export async function followInference(client: Client, id: string, output: Output, signal: AbortSignal): Promise<Job | undefined> {
  const line = new LiveLine(output);
  try {
    for (;;) {
      const job = await client.jobs.get(id, { signal });
      if (isTerminal(job.status)) return job;
      line.draw(stateOf(job));
      await pause(pollMs, signal);
      if (signal.aborted) return undefined;
    }
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    line.clear();
  }
}

function stateOf({ status, phase, progress, latest_metrics: metrics }: Job): string {
  if (progress === null || progress.step === 0) return `${phase?.replace('_', ' ') ?? status} ...`;
  const { step, steps_per_epoch: steps, eta_s: eta } = progress;
  return `${steps === null ? `${step} steps` : kerasBar(step, steps)}${eta === null ? '' : ` - ETA: ${kerasDuration(eta)}`}${kerasMetrics(metrics)}`;
}

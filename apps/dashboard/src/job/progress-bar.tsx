import { Progress, Text } from '@mantine/core';
import type { Job } from '@trainyard/protocol';
import { formatCount } from '../format/numbers.js';

/** How far a job is: a bar, and the epoch; of what is no training, the batch. */
export function ProgressBar({ job: { kind, progress, status, queue_position: before } }: { job: Pick<Job, 'kind' | 'progress' | 'status' | 'queue_position'> }) {
  if (progress === null) return <Text size="xs" className="quiet">{status === 'queued' && before !== null && before > 0 ? `${before} before it` : '–'}</Text>;
  const { epoch, epochs, step, steps_per_epoch: steps, fraction } = progress;
  return (
    <div className="progress">
      <Progress value={fraction * 100} size="sm" color={status === 'failed' ? 'red' : status === 'succeeded' ? 'teal' : 'blue'} aria-label={`Done: ${Math.round(fraction * 100)} %`} animated={status === 'running'} />
      <Text size="xs" className="quiet">
        {kind === 'train' ? `epoch ${Math.min(epoch + (epoch < epochs && status === 'running' ? 1 : 0), epochs)}/${epochs}` : `batch ${formatCount(step)}${steps === null ? '' : `/${formatCount(steps)}`}`}
      </Text>
    </div>
  );
}

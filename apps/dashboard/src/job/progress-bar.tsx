import { Progress, Text } from '@mantine/core';
import type { Job } from '@trainyard/protocol';

/** How far a job is: a bar, and the epoch. */
export function ProgressBar({ job: { progress, status, queue_position: before } }: { job: Pick<Job, 'progress' | 'status' | 'queue_position'> }) {
  if (progress === null) return <Text size="xs" className="quiet">{status === 'queued' && before !== null && before > 0 ? `${before} before it` : '–'}</Text>;
  const { epoch, epochs, fraction } = progress;
  return (
    <div className="progress">
      <Progress value={fraction * 100} size="sm" color={status === 'failed' ? 'red' : status === 'succeeded' ? 'teal' : 'blue'} aria-label={`Trained: ${Math.round(fraction * 100)} %`} animated={status === 'running'} />
      <Text size="xs" className="quiet">
        epoch {Math.min(epoch + (epoch < epochs && status === 'running' ? 1 : 0), epochs)}/{epochs}
      </Text>
    </div>
  );
}

import { Group, Paper, Progress, Text } from '@mantine/core';
import { isTerminal, type Job } from '@trainyard/protocol';
import type { ReactNode } from 'react';
import { formatCount, formatMetric } from '../format/numbers.js';
import { formatAge, formatDuration, formatTime, runningSeconds } from '../format/time.js';
import { useNow } from '../format/use-now.js';
import { StatusBadge } from './status-badge.js';

/** Where a job is: status, phase, how far, how long still, and its metrics. */
export function JobFacts({ job }: { job: Job }) {
  const now = useNow();
  const { kind, progress, status, phase, stop_reason, best, latest_metrics, queue_position, attempt, expires_at } = job;
  const seconds = runningSeconds(job, now);
  const eta = status === 'running' ? progress?.eta_s : null;
  return (
    <Paper withBorder p="sm">
      <Group gap="xl" className="facts">
        <Fact label="Status">
          <Group gap={6}>
            <StatusBadge job={job} />
            {stop_reason !== null && <Text span size="sm" className="quiet">{stop_reason.replaceAll('_', ' ')}</Text>}
            {status === 'running' && phase !== null && <Text span size="sm" className="quiet" data-testid="phase">{phase.replaceAll('_', ' ')}</Text>}
            {queue_position !== null && <Text span size="sm" className="quiet">{queue_position === 0 ? 'next' : `${queue_position} before it`}</Text>}
          </Group>
        </Fact>
        {progress !== null && kind === 'train' && (
          <Fact label="Epoch">
            {Math.min(progress.epoch + (isTerminal(status) ? 0 : 1), progress.epochs)} of {progress.epochs}
          </Fact>
        )}
        {progress !== null && (
          <Fact label={kind === 'train' ? 'Step' : 'Batch'}>
            {formatCount(progress.step)}
            {kind !== 'train' && progress.steps_per_epoch !== null && ` of ${formatCount(progress.steps_per_epoch)}`}
          </Fact>
        )}
        {typeof eta === 'number' && <Fact label="Left">about {formatDuration(eta)}</Fact>}
        {seconds !== undefined && <Fact label="Duration">{formatDuration(seconds)}</Fact>}
        <Fact label="Created">
          <span title={formatTime(job.created_at)}>{formatAge(job.created_at, now)}</span>
        </Fact>
        {best !== null && (
          <Fact label="Best">
            {best.monitor} {formatMetric(best.value)} <Text span size="xs" className="quiet">(epoch {best.epoch})</Text>
          </Fact>
        )}
        <Fact label="Parameters">{formatCount(job.model.total_params)}</Fact>
        {attempt > 1 && <Fact label="Attempt">{attempt}</Fact>}
        {expires_at !== null && <Fact label="Kept until">{formatTime(expires_at)}</Fact>}
      </Group>
      {progress !== null && <Progress mt="sm" value={progress.fraction * 100} animated={status === 'running'} color={status === 'failed' ? 'red' : status === 'succeeded' ? 'teal' : 'blue'} aria-label={`Done: ${Math.round(progress.fraction * 100)} %`} />}
      {Object.keys(latest_metrics).length > 0 && (
        <Group gap="lg" mt="sm" className="facts" data-testid="latest-metrics">
          {Object.entries(latest_metrics).map(([name, value]) => (
            <Text key={name} size="sm">
              <Text span inherit className="quiet">{name}</Text> <Text span inherit fw={600} className="numbers">{formatMetric(value)}</Text>
            </Text>
          ))}
        </Group>
      )}
    </Paper>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" className="quiet">
        {label}
      </Text>
      <Text size="sm" component="div" className="numbers">
        {children}
      </Text>
    </div>
  );
}

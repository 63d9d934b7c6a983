import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { checkpointsKey } from '../choose/checkpoint-select.js';
import { formatMetrics } from '../job/describe-event.js';
import { useClient } from '../session/api-context.js';
import type { Target } from './target-name.js';

/** The metrics of a checkpoint that answers, and where in its training it was written. */
export function TargetMetrics({ target: { job, checkpoint: id } }: { target: Target }) {
  const client = useClient();
  const { data } = useQuery({ queryKey: checkpointsKey(job ?? ''), enabled: job !== null, queryFn: () => client.jobs.checkpoints(job ?? ''), staleTime: 30_000 });
  const checkpoint = data?.data.find((one) => one.id === id);
  if (checkpoint === undefined) return null;
  const place = checkpoint.epoch === null ? `step ${checkpoint.step}` : `epoch ${checkpoint.epoch}`;
  return (
    <Text size="xs" className="quiet">
      {[place, formatMetrics(checkpoint.metrics)].filter((part) => part !== '').join(': ')}
    </Text>
  );
}

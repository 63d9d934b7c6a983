import { Select, type SelectProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../session/api-context.js';
import { formatMetric } from '../format/numbers.js';

interface Props extends Pick<SelectProps, 'label'> {
  readonly job: string | null;
  /** An id; null: what the server takes where none is named. */
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

export const checkpointsKey = (job: string) => ['jobs', job, 'checkpoints'] as const;

/** Chooses a checkpoint of a job, the newest first. */
export function CheckpointSelect({ job, value, onChange, ...rest }: Props) {
  const client = useClient();
  const { data } = useQuery({ queryKey: checkpointsKey(job ?? ''), enabled: job !== null, queryFn: () => client.jobs.checkpoints(job ?? '') });
  const options = (data?.data ?? []).toReversed().map(({ id, filename, labels, metrics: { loss, val_loss: validation } }) => {
    const monitored = validation !== undefined ? `val_loss ${formatMetric(validation)}` : loss !== undefined ? `loss ${formatMetric(loss)}` : undefined;
    return { value: id, label: [filename, ...labels, monitored].filter((part) => part !== undefined).join(' · ') };
  });
  return <Select placeholder="final, or the latest" clearable clearButtonProps={{ 'aria-label': 'No checkpoint in particular' }} disabled={job === null} data={options} value={options.some((option) => option.value === value) ? value : null} onChange={onChange} {...rest} />;
}

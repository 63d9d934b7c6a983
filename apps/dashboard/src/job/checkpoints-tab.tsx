import { Anchor, Badge, Button, Group, Menu, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Checkpoint, Job } from '@trainyard/protocol';
import { useState } from 'react';
import { saveDownload } from '../data/save-download.js';
import { ProblemView } from '../errors/problem-view.js';
import { formatBytes, formatMetric } from '../format/numbers.js';
import { formatAge, formatTime } from '../format/time.js';
import { useClient } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';

/** A job's checkpoints, the newest first, to download and to predict from. */
export function CheckpointsTab({ job }: { job: Job }) {
  const client = useClient();
  const { data, error } = useQuery({ queryKey: ['jobs', job.id, 'checkpoints'], queryFn: () => client.jobs.checkpoints(job.id) });
  if (error !== null) return <ProblemView error={error} />;
  const checkpoints = data?.data.toReversed() ?? [];
  if (checkpoints.length === 0) return <Text className="quiet">There are no checkpoints yet. A job keeps a final one, and those of its ModelCheckpoint callbacks.</Text>;
  const metrics = [...new Set(checkpoints.flatMap((checkpoint) => Object.keys(checkpoint.metrics)))];
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {['File', 'Epoch', 'Step', ...metrics, 'Size', 'Written'].map((heading) => (
              <Table.Th key={heading}>{heading}</Table.Th>
            ))}
            <Table.Th aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {checkpoints.map((checkpoint) => (
            <Table.Tr key={checkpoint.id}>
              <Table.Td>
                <Text size="sm" className="filename">
                  {checkpoint.filename}
                </Text>
                <Group gap={6}>
                  <Text size="xs" className="quiet">
                    {checkpoint.kind}
                  </Text>
                  {checkpoint.labels.map((label) => (
                    <Badge key={label} size="sm" variant="light" color={label === 'best' ? 'teal' : 'gray'} className="status">
                      {label}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{checkpoint.epoch ?? '–'}</Table.Td>
              <Table.Td>{checkpoint.step}</Table.Td>
              {metrics.map((name) => (
                <Table.Td key={name} className="numbers">
                  {formatMetric(checkpoint.metrics[name])}
                </Table.Td>
              ))}
              <Table.Td className="numbers">{formatBytes(checkpoint.bytes)}</Table.Td>
              <Table.Td className="numbers" title={formatTime(checkpoint.created_at)}>{formatAge(checkpoint.created_at)}</Table.Td>
              <Table.Td>
                <CheckpointActions job={job.id} checkpoint={checkpoint} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function CheckpointActions({ job, checkpoint: { id, kind, filename } }: { job: string; checkpoint: Checkpoint }) {
  const client = useClient();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const download = async (format: 'h5' | 'keras'): Promise<void> => {
    setBusy(true);
    await saveDownload(client.jobs.downloadCheckpoint(job, id, { format })).catch((error: unknown) => say.error(`${filename} could not be downloaded`, error));
    setBusy(false);
  };
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <Anchor size="sm" renderRoot={(props) => <Link to="/predict" search={{ job, checkpoint: id }} {...props} />}>
        Predict
      </Anchor>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="light" loading={busy} aria-label={`Download ${filename}`}>
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void download('h5')}>.h5 (any Keras)</Menu.Item>
          {kind === 'model' && <Menu.Item onClick={() => void download('keras')}>.keras (Keras 3)</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

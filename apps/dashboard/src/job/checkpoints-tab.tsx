import { Anchor, Badge, Button, Group, Menu, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { CheckpointFormat } from '@trainyard/client';
import type { Checkpoint, Job } from '@trainyard/protocol';
import { useState } from 'react';
import { checkpointsKey } from '../choose/checkpoint-select.js';
import { saveDownload } from '../data/save-download.js';
import { ProblemView } from '../errors/problem-view.js';
import { formatBytes, formatMetric } from '../format/numbers.js';
import { formatAge, formatTime } from '../format/time.js';
import { emptyTarget } from '../models/alias-draft.js';
import { modelNamesKey } from '../models/model-keys.js';
import { SetAlias } from '../models/set-alias.js';
import { useClient } from '../session/api-context.js';
import { HeadRow } from '../shell/head-row.js';
import { useSay } from '../shell/messages.js';

/** A job's checkpoints, the newest first: to download, to predict from, and to answer under a name. */
export function CheckpointsTab({ job }: { job: Job }) {
  const client = useClient();
  const { data, error } = useQuery({ queryKey: checkpointsKey(job.id), queryFn: () => client.jobs.checkpoints(job.id) });
  const { data: models } = useQuery({ queryKey: modelNamesKey, queryFn: () => client.models.list({ limit: 100 }) });
  if (error !== null) return <ProblemView error={error} />;
  const checkpoints = data?.data.toReversed() ?? [];
  if (checkpoints.length === 0) return <Text className="quiet">There are no checkpoints yet. A job keeps a final one, and those of its ModelCheckpoint callbacks.</Text>;
  const metrics = [...new Set(checkpoints.flatMap((checkpoint) => Object.keys(checkpoint.metrics)))];
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing={6} horizontalSpacing={8} highlightOnHover>
        <HeadRow headings={['File', 'Epoch', 'Step', ...metrics, 'Size', 'Written']} actions />
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
                  {models?.data.filter(({ split }) => split.some((target) => target.checkpoint === checkpoint.id)).map(({ name }) => (
                    <Anchor key={name} size="xs" renderRoot={(props) => <Link to="/models/$name" params={{ name }} {...props} />}>
                      answers as {name}
                    </Anchor>
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

const formats: { readonly format: CheckpointFormat; readonly label: string }[] = [
  { format: 'h5', label: '.h5 (any Keras)' },
  { format: 'keras', label: '.keras (Keras 3)' },
  { format: 'saved_model', label: 'SavedModel, in a tar (TensorFlow)' },
  { format: 'tfjs', label: 'layers-model, in a tar (TensorFlow.js)' },
];

function CheckpointActions({ job, checkpoint: { id, kind, filename } }: { job: string; checkpoint: Checkpoint }) {
  const client = useClient();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const [serving, setServing] = useState(false);
  const download = async (format: CheckpointFormat): Promise<void> => {
    setBusy(true);
    await saveDownload(client.jobs.downloadCheckpoint(job, id, { format })).catch((error: unknown) => say.error(`${filename} could not be downloaded`, error));
    setBusy(false);
  };
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <Anchor size="sm" renderRoot={(props) => <Link to="/predict" search={{ job, checkpoint: id }} {...props} />}>
        Predict
      </Anchor>
      <Button size="compact-xs" variant="light" aria-label={`Serve as …: ${filename}`} onClick={() => setServing(true)}>
        Serve as …
      </Button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-xs" variant="light" loading={busy} aria-label={`Download ${filename}`}>
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.filter(({ format }) => format === 'h5' || kind === 'model').map(({ format, label }) => (
            <Menu.Item key={format} onClick={() => void download(format)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {serving && <SetAlias title={`Serve ${filename} as …`} name={undefined} draft={{ targets: [{ ...emptyTarget, job, checkpoint: id }], shadow: undefined }} onClose={() => setServing(false)} onSet={() => undefined} />}
    </Group>
  );
}

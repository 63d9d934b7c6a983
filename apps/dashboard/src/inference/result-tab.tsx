import { Anchor, Group, Paper, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isTerminal, type Job, type Metrics } from '@trainyard/protocol';
import { formatMetric } from '../format/numbers.js';
import { jobKey } from '../job/use-job-feed.js';
import { useClient } from '../session/api-context.js';
import { HeadRow } from '../shell/head-row.js';
import { CopyText } from '../snippets/copy-text.js';
import { DownloadPredictions } from './download-predictions.js';
import { SourceName } from './source-name.js';

/** What has come of an evaluation, or of predictions for a whole source, and what they are of. */
export function ResultTab({ job }: { job: Job }) {
  return (
    <Stack>
      {job.inference !== null && <Origin inference={job.inference} />}
      {job.kind === 'evaluate' ? <Evaluation job={job} /> : <Predictions job={job} />}
    </Stack>
  );
}

function Origin({ inference: { job, filename, data, batch_size: batchSize, steps } }: { inference: NonNullable<Job['inference']> }) {
  const client = useClient();
  const { data: trained } = useQuery({ queryKey: jobKey(job), queryFn: () => client.jobs.get(job), staleTime: 30_000, retry: false });
  return (
    <Text size="sm" component="div">
      {filename} of{' '}
      <Anchor size="sm" renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: job }} search={{ tab: 'evaluations' }} {...props} />}>
        {trained?.name ?? job}
      </Anchor>{' '}
      on <SourceName source={data} />, in batches of {batchSize}
      {steps === null ? '' : `, ${steps} of them`}.
    </Text>
  );
}

function Evaluation({ job: { metrics, latest_metrics: latest, status } }: { job: Job }) {
  if (metrics !== null) return <Values metrics={metrics} />;
  if (Object.keys(latest).length > 0 && !isTerminal(status)) return <><Text size="sm" className="quiet">Over the rows so far:</Text><Values metrics={latest} /></>;
  return <Text className="quiet">{isTerminal(status) ? 'It ended before all rows were evaluated.' : 'Loss and metrics come here.'}</Text>;
}

function Values({ metrics }: { metrics: Metrics }) {
  return (
    <Group gap="md" data-testid="evaluation">
      {Object.entries(metrics).map(([name, value]) => (
        <Paper key={name} withBorder px="md" py="xs">
          <Text size="xs" className="quiet">{name}</Text>
          <Text fz={26} fw={700} className="numbers" title={String(value)}>{formatMetric(value)}</Text>
        </Paper>
      ))}
    </Group>
  );
}

function Predictions({ job }: { job: Job }) {
  const { id, predictions, status } = job;
  if (predictions === null) return <Text className="quiet">{isTerminal(status) ? 'It ended before all rows were predicted for.' : 'The predictions can be downloaded here once all rows are predicted for.'}</Text>;
  const python = `import numpy as np\n\nwith np.load('${id}.npz') as predictions:\n    print({name: predictions[name].shape for name in predictions.files})\n`;
  return (
    <Stack gap="sm" data-testid="predictions">
      <Group>
        <DownloadPredictions job={job} />
        <CopyText text={python} label="Copy Python that reads it" />
      </Group>
      <Table maw={520} verticalSpacing={4}>
        <HeadRow headings={['Output', 'Type', 'Shape']} />
        <Table.Tbody>
          {predictions.arrays.map(({ name, dtype, shape }) => (
            <Table.Tr key={name}>
              <Table.Td className="breaks">{name}</Table.Td>
              <Table.Td className="mono">{dtype}</Table.Td>
              <Table.Td className="mono">({shape.join(', ')})</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" className="quiet breaks">SHA-256 {predictions.sha256}</Text>
    </Stack>
  );
}

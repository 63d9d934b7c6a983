import { Anchor, Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { isTerminal, type Job } from '@trainyard/protocol';
import { useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatAge, formatTime } from '../format/time.js';
import { formatMetrics } from '../job/describe-event.js';
import { ProgressBar } from '../job/progress-bar.js';
import { StatusBadge } from '../job/status-badge.js';
import { MoreButton } from '../lists/more-button.js';
import { usePages } from '../lists/use-pages.js';
import { useClient } from '../session/api-context.js';
import { HeadRow } from '../shell/head-row.js';
import { DownloadPredictions } from './download-predictions.js';
import { InferenceForm } from './inference-form.js';
import { inferencesKey } from './inference-keys.js';
import { SourceName } from './source-name.js';

const pageSize = 50;
const [livePollMs, calmPollMs] = [1_500, 15_000];

/** What checkpoints of this job were evaluated on, and predicted for, each a job of its own; and another one. */
export function InferencesTab({ job }: { job: Job }) {
  const client = useClient();
  const [making, setMaking] = useState(false);
  const { items: jobs, query } = usePages({
    key: inferencesKey(job.id),
    fetchPage: (position) => client.jobs.list({ uses: job.id, kind: ['evaluate', 'predict'], limit: pageSize, ...position }),
    pollMs: (items) => (items.some(({ status }) => !isTerminal(status)) ? livePollMs : calmPollMs),
  });
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" className="quiet">
          Evaluations and predictions of whole sources, by this job’s checkpoints.
        </Text>
        <Button size="xs" variant="light" disabled={job.progress === null} onClick={() => setMaking(true)}>
          Evaluate or predict
        </Button>
      </Group>
      {query.error !== null && <ProblemView error={query.error} />}
      {query.isPending && query.error === null ? (
        <Skeleton h={120} aria-label="Loading" />
      ) : jobs.length === 0 && query.error === null ? (
        <Text className="quiet">{job.progress === null ? 'There are none: it has no checkpoint yet.' : 'There are none yet.'}</Text>
      ) : (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing={8} highlightOnHover>
            <HeadRow headings={['Job', 'Status', 'Checkpoint', 'Data', 'Result', 'Age']} />
            <Table.Tbody>
              {jobs.map((one) => (
                <Row key={one.id} job={one} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <MoreButton query={query} label="Older ones" w="fit-content" />
      {making && <InferenceForm job={job} onClose={() => setMaking(false)} />}
    </Stack>
  );
}

function Row({ job }: { job: Job }) {
  const { id, kind, name, inference, metrics, predictions, error } = job;
  return (
    <Table.Tr data-kind={kind}>
      <Table.Td>
        <Anchor fw={600} size="sm" className="breaks" renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: id }} {...props} />}>
          {name ?? `…${id.slice(-6)}`}
        </Anchor>
        <Text size="xs" className="quiet">{kind}</Text>
      </Table.Td>
      <Table.Td title={error?.message}>
        <StatusBadge job={job} />
      </Table.Td>
      <Table.Td className="breaks">{inference?.filename}</Table.Td>
      <Table.Td>{inference !== null && <SourceName source={inference.data} />}</Table.Td>
      <Table.Td>
        {metrics !== null ? <Text size="sm">{formatMetrics(metrics)}</Text> : predictions !== null ? <DownloadPredictions job={job} /> : error !== null ? <Text size="sm" className="breaks">{error.code}</Text> : <ProgressBar job={job} />}
      </Table.Td>
      <Table.Td className="numbers" title={formatTime(job.created_at)}>{formatAge(job.created_at)}</Table.Td>
    </Table.Tr>
  );
}

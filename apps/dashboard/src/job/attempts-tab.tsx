import { Table, Text } from '@mantine/core';
import type { Job, JobEvent } from '@trainyard/protocol';
import { useMemo } from 'react';
import { formatCount } from '../format/numbers.js';
import { formatDuration, formatTime, runningSeconds } from '../format/time.js';
import { HeadRow } from '../shell/head-row.js';
import { attemptsOf } from './attempts.js';

/** Each execution by a worker, and how it ended. */
export function AttemptsTab({ job, events }: { job: Job; events: readonly JobEvent[] }) {
  const attempts = useMemo(() => attemptsOf(events), [events]);
  if (attempts.length === 0) return <Text className="quiet">No worker has taken it yet.</Text>;
  return (
    <>
      <Table.ScrollContainer minWidth={520} type="native" tabIndex={0}>
        <Table>
          <HeadRow headings={['Attempt', 'Began', 'Took', 'Steps', 'Ended']} />
          <Table.Tbody>
            {attempts.map(({ number, startedAt, endedAt, fromStep, toStep, end }) => (
              <Table.Tr key={number}>
                <Table.Td>{number}</Table.Td>
                <Table.Td>{formatTime(startedAt)}</Table.Td>
                <Table.Td>{endedAt === undefined ? 'runs' : formatDuration(runningSeconds({ started_at: startedAt, finished_at: endedAt }) ?? 0)}</Table.Td>
                <Table.Td>{toStep === undefined ? '–' : `${formatCount(fromStep ?? 0)} – ${formatCount(toStep)}`}</Table.Td>
                <Table.Td>{end ?? job.phase?.replaceAll('_', ' ') ?? '–'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" className="quiet" mt="xs">
        At most {job.max_attempts} attempts may end without a snapshot.
      </Text>
    </>
  );
}

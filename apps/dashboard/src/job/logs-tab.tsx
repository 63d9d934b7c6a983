import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Client } from '@trainyard/client';
import type { LogLine } from '@trainyard/protocol';
import { useMemo, useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatClock, formatTime } from '../format/time.js';
import { useClient } from '../session/api-context.js';
import { CopyText } from '../snippets/copy-text.js';
import { Lines } from './lines.js';

const levels = ['debug', 'info', 'warning', 'error'] as const;

/** The log lines of a job. */
export function LogsTab({ id, live }: { id: string; live: boolean }) {
  const client = useClient();
  const queries = useQueryClient();
  const [level, setLevel] = useState<string>('debug');
  const key = ['jobs', id, 'logs'];
  const { data, error } = useQuery({ queryKey: key, queryFn: () => readOn(client, id, queries.getQueryData<LogLine[]>(key) ?? []), refetchInterval: live ? 2_000 : false, structuralSharing: false });
  const shown = useMemo(() => data?.filter((line) => levels.indexOf(line.level) >= levels.indexOf(level as LogLine['level'])) ?? [], [data, level]);
  if (error !== null) return <ProblemView error={error} />;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <SegmentedControl size="xs" aria-label="Lowest level" value={level} onChange={setLevel} data={[...levels]} />
        <CopyText text={shown.map(({ created_at, level: of, message }) => `${created_at} ${of} ${message}`).join('\n')} label="Copy all" />
      </Group>
      {shown.length === 0 ? (
        <Text className="quiet">There are no such lines.</Text>
      ) : (
        <Lines label="Log" count={shown.length} render={(index) => {
          const line = shown[index];
          return line && <><span className="line-time" title={formatTime(line.created_at)}>{formatClock(line.created_at)}</span><span className={`line-kind level-${line.level}`}>{line.level}</span><span className="line-text">{line.message}</span></>;
        }} />
      )}
    </Stack>
  );
}

/** The lines that are known, and all that have come since. */
async function readOn(client: Client, id: string, known: readonly LogLine[]): Promise<LogLine[]> {
  const lines = [...known];
  for (;;) {
    const page = await client.jobs.logs(id, { after: lines.at(-1)?.seq ?? 0, limit: 1000 });
    lines.push(...page.data);
    if (!page.has_more) return lines;
  }
}

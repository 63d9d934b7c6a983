import { Alert, Badge, Group, Paper, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Readiness } from '@trainyard/client';
import { ProblemView } from '../errors/problem-view.js';
import { useClient } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';

const explanations: Record<keyof Readiness['parts'], { title: string; without: string }> = {
  database: { title: 'Database', without: 'Nothing can be read or promised. Running jobs go on.' },
  storage: { title: 'Object storage', without: 'Files, data and checkpoints cannot be read; attempts that need them are queued again.' },
  queue: { title: 'Queue', without: 'Jobs are taken, and wait until it is back.' },
  predictor: { title: 'Predictor', without: 'Predict calls are refused; jobs are not touched.' },
};
const colours = { ok: 'teal', unavailable: 'red', not_configured: 'gray' } as const;
const verdicts = {
  ready: ['teal', 'Everything answers'],
  degraded: ['yellow', 'Jobs are taken and answered, and something waits for a part to come back'],
  unavailable: ['red', 'Jobs cannot be taken at present'],
} as const;

/** The parts of the service, and whether they answer. */
export function HealthPage() {
  const client = useClient();
  const { data, error, dataUpdatedAt } = useQuery({ queryKey: ['readiness'], queryFn: ({ signal }) => client.readiness({ signal }), refetchInterval: 3_000, staleTime: 0 });
  return (
    <Stack>
      <PageHead title="Health" />
      {error !== null && <ProblemView error={error} />}
      {data === undefined && error === null && <Skeleton h={160} aria-label="Loading" />}
      {data !== undefined && (
        <>
          <Alert color={verdicts[data.status][0]} title={verdicts[data.status][1]}>
            Asked at {new Date(dataUpdatedAt).toLocaleTimeString()}, every 3 seconds.
          </Alert>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {(Object.keys(explanations) as (keyof Readiness['parts'])[]).map((part) => (
              <Paper key={part} withBorder p="md" data-part={part}>
                <Group justify="space-between">
                  <Text fw={600}>{explanations[part].title}</Text>
                  <Badge variant="light" color={colours[data.parts[part]]} className="status">{data.parts[part].replaceAll('_', ' ')}</Badge>
                </Group>
                {part === 'predictor' && data.predictors.length > 1 && (
                  <ul className="plain-list">
                    {data.predictors.map(({ url, state }) => (
                      <Text key={url} size="sm" component="li" className="breaks">
                        {url} <Text span inherit fw={600}>{state}</Text>
                      </Text>
                    ))}
                  </ul>
                )}
                {data.parts[part] !== 'ok' && (
                  <Text size="sm" mt={6}>
                    {explanations[part].without}
                  </Text>
                )}
              </Paper>
            ))}
          </SimpleGrid>
        </>
      )}
    </Stack>
  );
}

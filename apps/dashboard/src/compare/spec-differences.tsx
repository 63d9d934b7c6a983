import { Group, Skeleton, Switch, Table, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { compareAll, requestOf } from '@trainyard/client';
import type { Job, Json, JsonObject } from '@trainyard/protocol';
import { useMemo, useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { useClient } from '../session/api-context.js';

/** In what the specs of several jobs differ, the models included. */
export function SpecDifferences({ jobs }: { jobs: readonly Job[] }) {
  const client = useClient();
  const [all, setAll] = useState(false);
  const models = useQueries({ queries: jobs.map(({ id }) => ({ queryKey: ['jobs', id, 'model', 'config'], queryFn: async () => JSON.parse(await client.jobs.model(id, 'config')) as Json, staleTime: Infinity })) });
  const error = models.find((result) => result.error !== null)?.error;
  const loaded = models.every(({ data }) => data !== undefined);
  const rows = useMemo(() => {
    const documents = jobs.map((job, index): JsonObject => ({ ...requestOf(job, {}), model: models[index]?.data ?? null }));
    return compareAll(documents);
  }, [jobs, loaded]);
  const shown = all ? rows : rows.filter(({ differs }) => differs);

  if (error !== undefined && error !== null) return <ProblemView error={error} />;
  if (!loaded) return <Skeleton h={120} aria-label="Loading" />;
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Differences of the specs
        </Title>
        <Switch size="xs" label="What is the same, too" checked={all} onChange={({ currentTarget: { checked } }) => setAll(checked)} />
      </Group>
      {shown.length === 0 ? (
        <Text className="quiet">The specs are the same.</Text>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table verticalSpacing={4} highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Field</Table.Th>
                {jobs.map(({ id, name }) => (
                  <Table.Th key={id}>{name ?? `…${id.slice(-6)}`}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map(({ path, values, differs }) => (
                <Table.Tr key={path}>
                  <Table.Td className="mono">{path}</Table.Td>
                  {values.map((value, index) => (
                    <Table.Td key={jobs[index]?.id} className={`mono breaks${differs ? ' differs' : ''}`}>
                      {value ?? '–'}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

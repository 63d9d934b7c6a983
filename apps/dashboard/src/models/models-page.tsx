import { Anchor, Badge, Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ModelResource } from '@trainyard/protocol';
import { useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatAge, formatTime } from '../format/time.js';
import { useClient } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';
import { emptyTarget, formatShare, shares } from './alias-draft.js';
import { SetAlias } from './set-alias.js';
import { TargetName } from './target-name.js';

/** The names under which models answer. */
export function ModelsPage() {
  const client = useClient();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ['models', 'all'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => client.models.list({ limit: 50, ...(pageParam === undefined ? {} : { after: pageParam }) }),
    getNextPageParam: ({ has_more, last_id }) => (has_more ? (last_id ?? undefined) : undefined),
  });
  const models = query.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Stack>
      <PageHead title="Models">
        <Button onClick={() => setMaking(true)}>New name</Button>
      </PageHead>
      {query.error !== null && <ProblemView error={query.error} />}
      {query.isPending && query.error === null ? (
        <Skeleton h={160} aria-label="Loading" />
      ) : models.length === 0 && query.error === null ? (
        <Text className="quiet" maw={620}>
          No name answers yet. Others ask a name for predictions, and it stays while what answers behind it is moved, split or rolled back. Give one here, or to a checkpoint on its job’s page.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table verticalSpacing={8} highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                {['Name', 'Answers', 'Version', 'Since'].map((heading) => (
                  <Table.Th key={heading}>{heading}</Table.Th>
                ))}
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {models.map((model) => (
                <Row key={model.name} model={model} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Button variant="light" w="fit-content" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          More
        </Button>
      )}
      {making && <SetAlias title="A name that answers" name={undefined} draft={{ targets: [emptyTarget], shadow: undefined }} onClose={() => setMaking(false)} onSet={({ name }) => void navigate({ to: '/models/$name', params: { name } })} />}
    </Stack>
  );
}

function Row({ model: { name, split, shadow, version, updated_at: since } }: { model: ModelResource }) {
  const parts = shares(split.map(({ weight }) => weight));
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor fw={600} size="sm" className="breaks" renderRoot={(props) => <Link to="/models/$name" params={{ name }} {...props} />}>
          {name}
        </Anchor>
      </Table.Td>
      <Table.Td>
        {split.map((target, index) => (
          <Text key={index} size="sm" component="div">
            {split.length > 1 && <Text span inherit className="numbers" fw={600}>{formatShare(parts[index] ?? 0)} </Text>}
            <TargetName target={target} />
          </Text>
        ))}
        {shadow !== null && (
          <Group gap={6}>
            <Badge size="sm" variant="light" color="gray" className="status">shadow</Badge>
            <Text size="sm" component="div"><TargetName target={shadow} /></Text>
          </Group>
        )}
      </Table.Td>
      <Table.Td className="numbers">{version}</Table.Td>
      <Table.Td className="numbers" title={formatTime(since)}>{formatAge(since)}</Table.Td>
      <Table.Td ta="right">
        <Anchor size="sm" aria-label={`Predict with ${name}`} renderRoot={(props) => <Link to="/predict" search={{ model: name }} {...props} />}>
          Predict
        </Anchor>
      </Table.Td>
    </Table.Tr>
  );
}

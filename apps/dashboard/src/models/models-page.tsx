import { Anchor, Badge, Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ModelResource } from '@trainyard/protocol';
import { useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatAge, formatTime } from '../format/time.js';
import { MoreButton } from '../lists/more-button.js';
import { usePages } from '../lists/use-pages.js';
import { useClient } from '../session/api-context.js';
import { HeadRow } from '../shell/head-row.js';
import { PageHead } from '../shell/page-head.js';
import { emptyTarget } from './alias-draft.js';
import { allModelsKey } from './model-keys.js';
import { SetAlias } from './set-alias.js';
import { SplitLines } from './split-lines.js';
import { TargetName } from './target-name.js';

/** The names under which models answer. */
export function ModelsPage() {
  const client = useClient();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const { items: models, query } = usePages({ key: allModelsKey, fetchPage: (position) => client.models.list({ limit: 50, ...position }) });
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
            <HeadRow headings={['Name', 'Answers', 'Version', 'Since']} actions />
            <Table.Tbody>
              {models.map((model) => (
                <Row key={model.name} model={model} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <MoreButton query={query} label="More" w="fit-content" />
      {making && <SetAlias title="A name that answers" name={undefined} draft={{ targets: [emptyTarget], shadow: undefined }} onClose={() => setMaking(false)} onSet={({ name }) => void navigate({ to: '/models/$name', params: { name } })} />}
    </Stack>
  );
}

function Row({ model: { name, split, shadow, version, updated_at: since } }: { model: ModelResource }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor fw={600} size="sm" className="breaks" renderRoot={(props) => <Link to="/models/$name" params={{ name }} {...props} />}>
          {name}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <SplitLines split={split} />
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

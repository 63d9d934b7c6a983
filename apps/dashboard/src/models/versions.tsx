import { Badge, Button, Group, Table, Text } from '@mantine/core';
import type { ModelResource, ModelVersion } from '@trainyard/protocol';
import { useState } from 'react';
import { formatAge, formatTime } from '../format/time.js';
import { useClient } from '../session/api-context.js';
import { Confirm } from '../shell/confirm.js';
import { HeadRow } from '../shell/head-row.js';
import { useSay } from '../shell/messages.js';
import { SplitLines } from './split-lines.js';
import { TargetName } from './target-name.js';
import { useShowModel } from './use-show-model.js';

/** The versions that are kept, the newest first: any of them can answer again. */
export function Versions({ model: { name, version: answering, versions } }: { model: ModelResource }) {
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table verticalSpacing={8}>
        <HeadRow headings={['Version', 'What answers', 'Made']} actions />
        <Table.Tbody>
          {versions.map((one) => (
            <Row key={one.version} name={name} version={one} answers={one.version === answering} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ name, version: { version, split, shadow, created_at: made }, answers }: { name: string; version: ModelVersion; answers: boolean }) {
  const client = useClient();
  const show = useShowModel();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const change = async (request: () => Promise<ModelResource>, refused: string): Promise<void> => {
    setBusy(true);
    try {
      show(await request());
    } catch (thrown) {
      say.error(refused, thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Table.Tr data-version={version}>
      <Table.Td>
        <Group gap={8} wrap="nowrap">
          <Text span size="sm" className="numbers">{version}</Text>
          {answers && <Badge size="sm" variant="light" color="teal" className="status">answers</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        <SplitLines split={split} withMetrics />
        {shadow !== null && <Text size="sm" component="div">with the shadow <TargetName target={shadow} /></Text>}
      </Table.Td>
      <Table.Td className="numbers" title={formatTime(made)}>{formatAge(made)}</Table.Td>
      <Table.Td>
        {!answers && (
          <Group gap={6} justify="flex-end" wrap="nowrap">
            <Button size="xs" variant="light" loading={busy} aria-label={`Let it answer: version ${version}`} onClick={() => void change(() => client.models.rollBack(name, version), `Version ${version} does not answer`)}>
              Let it answer
            </Button>
            <Confirm label="Delete" ariaLabel={`Delete version ${version}`} question={`Delete version ${version}?`} explanation="Its checkpoints are then kept for it no longer." onConfirm={() => change(() => client.models.deleteVersion(name, version), `Version ${version} was not deleted`)} />
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

import { Button, Group, Modal, Paper, Progress, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Job } from '@trainyard/protocol';
import { useState } from 'react';
import { actionNamed, type JobAction } from '../job/actions.js';
import { useClient } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';
import { eachOf } from './each-of.js';

interface Props {
  readonly jobs: readonly Job[];
  readonly onClear: () => void;
  readonly onChanged: (job: Job) => void;
  readonly onDeleted: (ids: ReadonlySet<string>) => void;
}

/** What can be done to the selected jobs together. */
export function BulkBar({ jobs, onClear, onChanged, onDeleted }: Props) {
  const [asked, setAsked] = useState<{ readonly action: JobAction; readonly able: readonly Job[] }>();
  const [done, setDone] = useState<number>();
  const client = useClient();
  const say = useSay();

  const carryOut = async ({ action, able }: NonNullable<typeof asked>): Promise<void> => {
    setDone(0);
    const deleted = new Set<string>();
    const failures = await eachOf(able, async ({ id }) => {
      const job = await action.run(client, id);
      if (job === undefined) deleted.add(id);
      else onChanged(job);
      setDone((count = 0) => count + 1);
    });
    onDeleted(deleted);
    setDone(undefined);
    setAsked(undefined);
    if (failures.length === 0) say.success(`${action.label}: ${able.length} ${able.length === 1 ? 'job' : 'jobs'}`);
    else say.error(`${action.label}: ${failures.length} of ${able.length} refused`, failures[0]);
    onClear();
  };

  if (jobs.length === 0) return null;
  return (
    <Paper withBorder p={6} px="sm">
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {jobs.length} selected
        </Text>
        {(['cancel', 'delete'] as const).map(actionNamed).map((action) => (
          <Button key={action.name} size="compact-sm" variant="light" color="red" disabled={!jobs.some(action.allowed)} onClick={() => setAsked({ action, able: jobs.filter(action.allowed) })}>
            {action.label}
          </Button>
        ))}
        <Button size="compact-sm" variant="light" disabled={jobs.length < 2 || jobs.some(({ kind }) => kind !== 'train')} renderRoot={(props) => <Link to="/compare" search={{ jobs: jobs.map(({ id }) => id).join(',') }} {...props} />}>
          Compare
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
          Clear
        </Button>
      </Group>
      <Modal opened={asked !== undefined} onClose={() => done === undefined && setAsked(undefined)} title={asked === undefined ? '' : `${asked.action.label} ${asked.able.length} ${asked.able.length === 1 ? 'job' : 'jobs'}?`} lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        {asked !== undefined && (
          <Stack>
            <Text size="sm">{asked.action.explanation}</Text>
            {asked.able.length < jobs.length && <Text size="sm" className="quiet">{jobs.length - asked.able.length} of the selected jobs are in a status that does not allow it, and are left alone.</Text>}
            {done !== undefined && <Progress value={(done / asked.able.length) * 100} aria-label="Done so far" />}
            <Group justify="flex-end">
              <Button variant="default" disabled={done !== undefined} onClick={() => setAsked(undefined)}>
                Back
              </Button>
              <Button color="red" loading={done !== undefined} onClick={() => void carryOut(asked)} data-autofocus>
                {asked.action.label}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </Paper>
  );
}

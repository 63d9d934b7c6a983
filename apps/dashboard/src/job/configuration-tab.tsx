import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { Job } from '@trainyard/protocol';
import { CopyText } from '../snippets/copy-text.js';

/** What the job was given: Keras's arguments under Keras's names. */
export function ConfigurationTab({ job }: { job: Job }) {
  const parts: [string, unknown][] = [
    ['compile', job.compile],
    job.fit === null ? ['fit_generator', job.fit_generator] : ['fit', job.fit],
    ['inference', job.inference],
    ['data', job.data],
    ['callbacks', job.callbacks],
    ['resources', job.resources],
    ['limits', job.limits],
    ['retention', job.retention],
    ['seed, priority', { seed: job.seed, priority: job.priority }],
    ['plan', job.plan],
    ['webhook', job.webhook],
  ];
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <CopyText text={JSON.stringify(job, null, 2)} label="Copy the job as JSON" />
        <Button size="compact-sm" variant="subtle" component="a" href={`data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(job, null, 2))}`} download={`${job.id}.json`}>
          Save
        </Button>
      </Group>
      <div className="configuration">
        {parts.filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)).map(([name, value]) => (
          <Paper key={name} withBorder p="sm">
            <Text size="sm" fw={600} component="h3" m={0} mb={4}>
              {name}
            </Text>
            <pre className="code plain" tabIndex={0}>{JSON.stringify(withoutNulls(value), null, 2)}</pre>
          </Paper>
        ))}
      </div>
    </Stack>
  );
}

/** What is null was left out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, withoutNulls(inner)]));
}

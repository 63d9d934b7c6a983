import { Badge, Group, Paper, Text } from '@mantine/core';
import type { ModelVersion } from '@trainyard/protocol';
import { formatCount, formatMetric } from '../format/numbers.js';
import { TargetName } from './target-name.js';

/** What was asked of a shadow, and how its answers compare with those that were given. */
export function ShadowReport({ shadow }: { shadow: NonNullable<ModelVersion['shadow']> }) {
  const { asked, different, failed, skipped, max_difference: most } = shadow.report;
  const counts: [string, string, string][] = [
    ['Asked', formatCount(asked), 'Requests that it was asked, too'],
    ['Different', formatCount(different), 'Answers that differ by more than rounding does'],
    ['Failed', formatCount(failed), 'Requests that it could not answer'],
    ['Skipped', formatCount(skipped), 'Requests that it was not asked, as too many were under way'],
    ['Largest difference', formatMetric(most), 'Between two numbers of an answer'],
  ];
  return (
    <Paper withBorder p="sm" mt="sm" component="section" aria-label="Shadow">
      <Group gap={8}>
        <Badge variant="light" color="gray" className="status">shadow</Badge>
        <Text size="sm" component="div"><TargetName target={shadow} /></Text>
      </Group>
      <Group gap="xl" mt="xs" className="facts">
        {counts.map(([label, count, meaning]) => (
          <div key={label} title={meaning}>
            <Text size="xs" className="quiet">{label}</Text>
            <Text size="sm" className="numbers">{count}</Text>
          </div>
        ))}
      </Group>
    </Paper>
  );
}

import { Text } from '@mantine/core';
import type { ModelVersion } from '@trainyard/protocol';
import { formatShare, shares } from './alias-draft.js';
import { TargetMetrics } from './target-metrics.js';
import { TargetName } from './target-name.js';

interface Props extends Pick<ModelVersion, 'split'> {
  readonly withMetrics?: boolean;
}

/** A line for each target of a split, with its part of the requests where there are several. */
export function SplitLines({ split, withMetrics = false }: Props) {
  const parts = shares(split.map(({ weight }) => weight));
  return split.map((target, index) => (
    <Text key={index} size="sm" component="div">
      {split.length > 1 && <Text span inherit className="numbers" fw={600}>{formatShare(parts[index] ?? 0)} </Text>}
      <TargetName target={target} />
      {withMetrics && <TargetMetrics target={target} />}
    </Text>
  ));
}

import { Text } from '@mantine/core';
import type { ModelVersion } from '@trainyard/protocol';
import { formatShare, shares } from './alias-draft.js';
import { TargetMetrics } from './target-metrics.js';
import { TargetName } from './target-name.js';

/** What answers, each with its part of the requests. */
export function SplitView({ split }: Pick<ModelVersion, 'split'>) {
  const parts = shares(split.map(({ weight }) => weight));
  return (
    <ul className="split" aria-label="What answers">
      {split.map((target, index) => {
        const part = parts[index] ?? 0;
        return (
          <li key={index}>
            <span className="bar"><span style={{ width: `${part * 100}%` }} /></span>
            <Text span size="sm" fw={600} className="numbers">{formatShare(part)}</Text>
            <Text size="sm" component="div">
              <TargetName target={target} />
              <TargetMetrics target={target} />
            </Text>
          </li>
        );
      })}
    </ul>
  );
}

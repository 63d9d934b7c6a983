import { Text } from '@mantine/core';
import type { ColumnScan } from '@trainyard/protocol';
import { formatCount } from '../format/numbers.js';

interface Props {
  readonly column: ColumnScan;
  /** At most so many, the most frequent. */
  readonly most?: number;
}

/** How many rows each class has. */
export function ClassCounts({ column: { name, classes }, most = 30 }: Props) {
  if (classes === null || classes.length === 0) return null;
  const largest = Math.max(...classes.map(({ count }) => count));
  return (
    <div>
      <Text size="sm" fw={600}>
        Classes of {name}
      </Text>
      <div className="bars" role="list" aria-label={`Classes of ${name}`}>
        {classes.slice(0, most).map(({ value, count }) => (
          <div key={String(value)} role="listitem" className="bar-row">
            <span className="ends" title={String(value)}>{String(value)}</span>
            <span className="bar"><span style={{ width: `${(count / largest) * 100}%` }} /></span>
            <span className="numbers">{formatCount(count)}</span>
          </div>
        ))}
      </div>
      {classes.length > most && <Text size="xs" className="quiet">and {classes.length - most} more</Text>}
    </div>
  );
}

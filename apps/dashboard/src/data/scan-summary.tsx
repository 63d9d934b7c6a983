import { Text } from '@mantine/core';
import type { DatasetScan } from '@trainyard/protocol';
import { formatBytes, formatCount } from '../format/numbers.js';

/** How much data there is. */
export function ScanSummary({ scan: { rows, shards, format, bytes } }: { scan: DatasetScan }) {
  return (
    <Text size="sm">
      {formatCount(rows)} rows in {formatCount(shards)} {shards === 1 ? 'file' : 'files'} of {format}, {formatBytes(bytes)}
    </Text>
  );
}

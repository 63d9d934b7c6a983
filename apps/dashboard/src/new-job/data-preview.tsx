import { Paper, Stack } from '@mantine/core';
import type { DatasetScan } from '@trainyard/protocol';
import { ClassCounts } from '../data/class-counts.js';
import { FirstRows } from '../data/first-rows.js';
import { ScanSummary } from '../data/scan-summary.js';
import { ScanView } from '../data/scan-view.js';

/** More classes of a target are left to the dataset's page. */
const mostClasses = 10;

/** What one trains on, at a glance: how many rows, the first of them, and how the classes of the targets are spread. */
export function DataPreview({ scan, targets }: { scan: DatasetScan; targets: readonly string[] }) {
  const chosen = scan.columns.filter(({ name, classes }) => targets.includes(name) && classes !== null);
  return (
    <Paper withBorder p="sm" component="section" aria-label="What is in the dataset">
      <Stack gap="sm">
        <ScanSummary scan={scan} />
        <div className={scan.columns.length <= 3 && chosen.length === 1 ? 'pair' : undefined}>
          <FirstRows scan={scan} />
          {chosen.map((column) => (
            <ClassCounts key={column.name} column={column} most={mostClasses} />
          ))}
        </div>
        <details>
          <summary>Statistics of all columns</summary>
          <ScanView scan={scan} />
        </details>
      </Stack>
    </Paper>
  );
}

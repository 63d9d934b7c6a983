import { Stack, Table, Text } from '@mantine/core';
import type { ColumnScan, DatasetScan } from '@trainyard/protocol';
import { formatCount, formatMetric } from '../format/numbers.js';
import { HeadRow } from '../shell/head-row.js';
import { ClassCounts } from './class-counts.js';
import { FirstRows } from './first-rows.js';
import { ScanSummary } from './scan-summary.js';

/** What a scan found: the columns with their statistics, their classes, and the first rows. */
export function ScanView({ scan }: { scan: DatasetScan }) {
  const withClasses = scan.columns.filter(({ classes }) => classes !== null && classes.length > 0);
  return (
    <Stack gap="md" mt="xs">
      <ScanSummary scan={scan} />
      <Table.ScrollContainer minWidth={480} type="native" tabIndex={0}>
        <Table verticalSpacing={4} fz="sm">
          <HeadRow headings={['Column', 'Type', 'Missing', 'Min', 'Max', 'Mean', 'Deviation']} />
          <Table.Tbody>
            {scan.columns.map((column) => (
              <Table.Tr key={column.name}>
                <Table.Td fw={600}>{column.name}</Table.Td>
                <Table.Td className="mono">{typeOf(column)}</Table.Td>
                <Table.Td>{column.missing === 0 ? '–' : formatCount(column.missing)}</Table.Td>
                <Table.Td>{formatMetric(column.numbers?.min?.value ?? column.lengths?.min)}</Table.Td>
                <Table.Td>{formatMetric(column.numbers?.max?.value ?? column.lengths?.max)}</Table.Td>
                <Table.Td>{formatMetric(column.numbers?.mean ?? column.lengths?.mean)}</Table.Td>
                <Table.Td>{formatMetric(column.numbers?.std)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {withClasses.map((column) => (
        <ClassCounts key={column.name} column={column} />
      ))}
      <div>
        <Text size="sm" fw={600}>
          First rows
        </Text>
        <FirstRows scan={scan} />
      </div>
    </Stack>
  );
}

/** `float32 (8, 8, 1)`, `text, lengths in characters` */
function typeOf({ kind, dtype, shape, lengths }: ColumnScan): string {
  const of = shape === null || shape.length === 0 ? '' : ` (${shape.join(', ')})`;
  return `${kind === 'numbers' ? '' : `${kind} `}${dtype ?? ''}${of}${lengths === null ? '' : ' by length'}`.trim();
}

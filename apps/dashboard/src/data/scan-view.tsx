import { Stack, Table, Text } from '@mantine/core';
import type { ColumnScan, DatasetScan, Json } from '@trainyard/protocol';
import { formatBytes, formatCount, formatMetric } from '../format/numbers.js';

/** What a scan found: the columns with their statistics, their classes, and the first rows. */
export function ScanView({ scan }: { scan: DatasetScan }) {
  const withClasses = scan.columns.filter(({ classes }) => classes !== null && classes.length > 0);
  return (
    <Stack gap="md" mt="xs">
      <Text size="sm">
        {formatCount(scan.rows)} rows in {formatCount(scan.shards)} {scan.shards === 1 ? 'file' : 'files'} of {scan.format}, {formatBytes(scan.bytes)}
      </Text>
      <Table.ScrollContainer minWidth={480} type="native" tabIndex={0}>
        <Table verticalSpacing={4} fz="sm">
          <Table.Thead>
            <Table.Tr>
              {['Column', 'Type', 'Missing', 'Min', 'Max', 'Mean', 'Deviation'].map((heading) => (
                <Table.Th key={heading}>{heading}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
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
        <Classes key={column.name} column={column} />
      ))}
      <FirstRows scan={scan} />
    </Stack>
  );
}

/** `float32 (8, 8, 1)`, `text, lengths in characters` */
function typeOf({ kind, dtype, shape, lengths }: ColumnScan): string {
  const of = shape === null || shape.length === 0 ? '' : ` (${shape.join(', ')})`;
  return `${kind === 'numbers' ? '' : `${kind} `}${dtype ?? ''}${of}${lengths === null ? '' : ' by length'}`.trim();
}

function Classes({ column: { name, classes } }: { column: ColumnScan }) {
  const most = Math.max(...(classes ?? []).map(({ count }) => count));
  return (
    <div>
      <Text size="sm" fw={600}>
        Classes of {name}
      </Text>
      <div className="bars" role="list">
        {classes?.slice(0, 30).map(({ value, count }) => (
          <div key={String(value)} role="listitem" className="bar-row">
            <span className="ends">{String(value)}</span>
            <span className="bar"><span style={{ width: `${(count / most) * 100}%` }} /></span>
            <span className="numbers">{formatCount(count)}</span>
          </div>
        ))}
      </div>
      {(classes?.length ?? 0) > 30 && <Text size="xs" className="quiet">and {(classes?.length ?? 0) - 30} more</Text>}
    </div>
  );
}

function FirstRows({ scan: { columns, first_rows: rows } }: { scan: DatasetScan }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        First rows
      </Text>
      <Table.ScrollContainer minWidth={480} type="native" tabIndex={0}>
        <Table verticalSpacing={4} fz="xs">
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ name }) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, index) => (
              <Table.Tr key={index}>
                {columns.map((column) => (
                  <Table.Td key={column.name} className="mono">
                    <Cell column={column} value={row[column.name] ?? null} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}

/** An array of the shape of a picture is shown as one. */
function Cell({ column, value }: { column: ColumnScan; value: Json }) {
  const pixels = column.kind === 'numbers' ? greyPixels(value, column) : undefined;
  if (pixels !== undefined) {
    return (
      <svg width={48} height={48} viewBox={`0 0 ${pixels[0]?.length ?? 1} ${pixels.length}`} shapeRendering="crispEdges" role="img" aria-label={`A picture of ${pixels.length} by ${pixels[0]?.length} pixels`}>
        {pixels.flatMap((line, y) => line.map((grey, x) => <rect key={`${x} ${y}`} x={x} y={y} width={1} height={1} fill={`rgb(${grey} ${grey} ${grey})`} />))}
      </svg>
    );
  }
  if (value === null) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return <span title={text.slice(0, 500)}>{text.length > 60 ? `${text.slice(0, 60)}…` : text}</span>;
}

/** Grey levels from 0 to 255 of an image of one channel, of at most 32 × 32 pixels. */
function greyPixels(value: Json, { shape, numbers }: ColumnScan): number[][] | undefined {
  const [height = 0, width = 0, channels = 1] = shape ?? [];
  if ((shape?.length ?? 0) < 2 || (shape?.length ?? 0) > 3 || channels !== 1 || height < 4 || width < 4 || height > 32 || width > 32 || !Array.isArray(value)) return undefined;
  const most = Number(numbers?.max?.value ?? 255) || 1;
  return value.map((line) => (Array.isArray(line) ? line.map((pixel) => Math.round((Number(Array.isArray(pixel) ? pixel[0] : pixel) / most) * 255)) : []));
}

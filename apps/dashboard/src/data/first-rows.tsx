import { Table } from '@mantine/core';
import type { ColumnScan, DatasetScan, Json } from '@trainyard/protocol';
import { pixelsOf } from './pixels.js';
import { ArrayPicture, FilePicture, isPictureFile } from './row-picture.js';

/** The first rows of the data, pictures as such. */
export function FirstRows({ scan: { columns, first_rows: rows } }: { scan: DatasetScan }) {
  const shown = columnsOf(columns, rows);
  return (
    <Table.ScrollContainer minWidth={Math.min(480, shown.length * 120)} type="native" tabIndex={0}>
      <Table verticalSpacing={4} fz="xs">
        <Table.Thead>
          <Table.Tr>
            {shown.map(({ name }) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={index}>
              {shown.map(({ name, column }) => (
                <Table.Td key={name} className="mono">
                  <Cell column={column} value={row[name] ?? null} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The columns that were scanned, and what the rows have besides: of images the file. */
function columnsOf(columns: readonly ColumnScan[], rows: DatasetScan['first_rows']): { name: string; column: ColumnScan | undefined }[] {
  const names = [...new Set([...columns.map(({ name }) => name), ...rows.flatMap((row) => Object.keys(row))])];
  return names.map((name) => ({ name, column: columns.find((column) => column.name === name) }));
}

function Cell({ column, value }: { column: ColumnScan | undefined; value: Json }) {
  const pixels = column === undefined ? undefined : pixelsOf(value, column);
  if (pixels !== undefined) return <ArrayPicture pixels={pixels} />;
  if (isPictureFile(value)) return <FilePicture uri={value} />;
  if (value === null) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return <span title={text.slice(0, 500)}>{text.length > 60 ? `${text.slice(0, 60)}…` : text}</span>;
}

import { Table } from '@mantine/core';

interface Props {
  readonly headings: readonly string[];
  /** Whether a last column has what can be done with a row. */
  readonly actions?: boolean;
}

/** The head of a table. */
export function HeadRow({ headings, actions = false }: Props) {
  return (
    <Table.Thead>
      <Table.Tr>
        {headings.map((heading) => (
          <Table.Th key={heading}>{heading}</Table.Th>
        ))}
        {actions && <Table.Th aria-label="Actions" />}
      </Table.Tr>
    </Table.Thead>
  );
}

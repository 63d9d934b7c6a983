import { Button, Group, SimpleGrid, TextInput } from '@mantine/core';
import type { Json } from '@trainyard/protocol';
import { useState } from 'react';

interface Props {
  readonly columns: readonly { readonly name: string; readonly isText: boolean }[];
  /** A row of the data, to begin with. */
  readonly example: Readonly<Record<string, Json>> | undefined;
  readonly onRow: (row: Json | undefined) => void;
}

/** A row of a table, a field for each column; an empty one is a missing value. */
export function TableInput({ columns, example, onRow }: Props) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const change = (next: Readonly<Record<string, string>>): void => {
    setValues(next);
    const filled = columns.filter(({ name }) => (next[name] ?? '') !== '');
    onRow(filled.length === 0 ? undefined : Object.fromEntries(columns.map(({ name, isText }) => [name, toJson(next[name] ?? '', isText)])));
  };
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {columns.map(({ name, isText }) => (
          <TextInput key={name} label={name} inputMode={isText ? 'text' : 'decimal'} value={values[name] ?? ''} onChange={({ currentTarget: { value } }) => change({ ...values, [name]: value })} />
        ))}
      </SimpleGrid>
      {example !== undefined && (
        <Group>
          <Button size="compact-sm" variant="light" onClick={() => change(Object.fromEntries(columns.map(({ name }) => [name, example[name] === null || example[name] === undefined ? '' : String(example[name] as string | number)])))}>
            The first row of the data
          </Button>
        </Group>
      )}
    </>
  );
}

/** What is no number is sent as it stands: the API says what it expected. */
function toJson(text: string, isText: boolean): Json {
  if (text === '') return null;
  return isText || Number.isNaN(Number(text)) ? text : Number(text);
}

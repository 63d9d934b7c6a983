import { Textarea } from '@mantine/core';
import type { Json } from '@trainyard/protocol';

export function TextRowInput({ onRow }: { onRow: (row: Json | undefined) => void }) {
  return <Textarea label="Text" autosize minRows={4} maxRows={16} onChange={({ currentTarget: { value } }) => onRow(value === '' ? undefined : value)} />;
}

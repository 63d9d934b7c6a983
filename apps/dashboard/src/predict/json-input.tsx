import { Textarea } from '@mantine/core';
import type { Json } from '@trainyard/protocol';
import { useState } from 'react';
import { formatShape } from '../format/numbers.js';
import { parseJson } from '../new-job/draft.js';

/** One row as JSON, as the API takes it. */
export function JsonInput({ shapes, onRow }: { shapes: readonly (readonly (number | null)[])[]; onRow: (row: Json | undefined) => void }) {
  const [text, setText] = useState('');
  const change = (next: string): void => {
    setText(next);
    onRow(next.trim() === '' ? undefined : parseJson(next));
  };
  return <Textarea label="One row" description={`The model takes ${shapes.map((shape) => formatShape(shape)).join(' and ') || 'no input'}. An object of columns or inputs, or the value of the only one.`} autosize minRows={6} maxRows={20} classNames={{ input: 'mono' }} spellCheck={false} value={text} onChange={({ currentTarget: { value } }) => change(value)} error={text.trim() !== '' && parseJson(text) === undefined ? 'expected JSON' : undefined} />;
}

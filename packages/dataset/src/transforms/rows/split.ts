import { sizeOf } from '@trainyard/ndarray';
import type { TransformOf } from '@trainyard/protocol';
import type { ColumnValues } from '../../columns/column-values.js';
import type { RowFilter } from '../transform.js';
import { hashFraction } from './hash.js';

/** Keeps the rows whose hash lies in [from, to): of a column's value, or of the shard's name and the row's number. */
export function split({ column, from, to, seed }: TransformOf<'split'>, pointer: string): RowFilter {
  return {
    pointer,
    ofKey: true,
    check: () => undefined, // every type has a hash
    keeps: (values, { rowName }) => {
      const key = column === undefined || values === undefined ? rowName : keyOf(values);
      return (row) => {
        const fraction = hashFraction(key(row), seed);
        return fraction >= from && fraction < to;
      };
    },
  };
}

/** A row's value as a text: the same for a number and for the text of it. */
function keyOf(values: ColumnValues): (row: number) => string {
  switch (values.kind) {
    case 'text':
      return (row) => values.texts[row] ?? '';
    case 'bytes':
      return (row) => Buffer.from(values.items[row] ?? []).toString('latin1');
    case 'sequences':
      return (row) => values.data.slice(values.offsets[row], values.offsets[row + 1]).join();
    case 'numbers': {
      const { data, shape } = values.array;
      const perRow = sizeOf(shape.slice(1));
      return (row) => data.subarray(row * perRow, (row + 1) * perRow).join();
    }
  }
}

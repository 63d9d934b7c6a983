import { sliceRows } from '@trainyard/ndarray';
import type { ColumnValues } from '../../columns/column-values.js';
import type { Block } from '../../formats/table.js';

/** Rows `[start, end)` of a block, as views. */
export function sliceBlock({ firstRow, rowNumbers, columns, missing }: Block, start: number, end: number): Block {
  return {
    firstRow: firstRow + start,
    rows: end - start,
    ...(rowNumbers && { rowNumbers: rowNumbers.subarray(start, end) }),
    columns: new Map([...columns].map(([name, values]) => [name, sliceValues(values, start, end)])),
    ...(missing && { missing: new Map([...missing].map(([name, marks]) => [name, marks.subarray(start, end)])) }),
  };
}

function sliceValues(values: ColumnValues, start: number, end: number): ColumnValues {
  switch (values.kind) {
    case 'numbers':
      return { kind: 'numbers', array: sliceRows(values.array, start, end) };
    case 'sequences':
      return { ...values, offsets: values.offsets.subarray(start, end + 1) };
    case 'text':
      return { kind: 'text', texts: values.texts.slice(start, end) };
    case 'bytes':
      return { kind: 'bytes', items: values.items.slice(start, end) };
  }
}

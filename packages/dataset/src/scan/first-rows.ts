import { nestedOf, sizeOf, sliceRows, type NdArray } from '@trainyard/ndarray';
import type { Json } from '@trainyard/protocol';
import { sequenceAt, type ColumnValues } from '../columns/column-values.js';
import type { Block } from '../formats/table.js';

const wanted = 5;
const mostElements = 1024;
const longestText = 500;

/** The first rows of a source, as JSON. */
export class FirstRows {
  readonly rows: { [column: string]: Json }[] = [];

  add(block: Block): void {
    const more = Math.min(block.rows, wanted - this.rows.length);
    for (let row = 0; row < more; row++)
      this.rows.push(Object.fromEntries([...block.columns].map(([name, values]) => [name, block.missing?.get(name)?.[row] === 1 ? null : valueAt(values, row)])));
  }
}

function valueAt(values: ColumnValues, row: number): Json {
  switch (values.kind) {
    case 'numbers':
      return numbersAt(sliceRows(values.array, row, row + 1));
    case 'sequences':
      return nested(sequenceAt(values, row));
    case 'text': {
      const text = values.texts[row] ?? '';
      return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
    }
    case 'bytes':
      return null;
  }
}

function numbersAt({ dtype, shape: [, ...shape], data }: NdArray): Json {
  return nested({ dtype, shape, data });
}

function nested(array: NdArray): Json {
  return sizeOf(array.shape) > mostElements ? null : (nestedOf(array) as Json);
}

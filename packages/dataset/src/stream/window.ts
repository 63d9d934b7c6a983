import { allocate, sizeOf, type DType, type NdArray, type TypedArray } from '@trainyard/ndarray';
import type { DatasetArrays } from '../dataset.js';
import type { Lookups } from '../binding/lookups.js';
import { lookUp } from '../columns/look-up.js';
import { arraysOf, countRows, mapArrays, slice } from '../rows.js';
import { giveUp } from './part-memory.js';

/** Narrower rows are copied word by word: `set` of a view takes 0.15 µs, a row of 20 floats 0.02. */
const narrowBytes = 256;

/** Where the rows of an array are copied to: room for at least `rows` of them. */
export type Room = (array: NdArray, index: number, rows: number) => TypedArray;

export const newRoom: Room = ({ dtype, shape }, _index, rows) => allocate(dtype, rows * sizeOf(shape.slice(1)));

/** Rows that are put in order as a whole: some parts, one behind the other, and the order in which they are taken. */
export class RowWindow {
  readonly rows: number;
  private readonly starts: number[] = [];
  private readonly columns: readonly Column[];
  private readonly partOf: Uint16Array | undefined;

  /**
   * @param order of the rows; none: that of the parts
   * @param first rows before it are not taken
   * @param lookups of the arrays: of some the parts hold bytes still
   */
  constructor(
    private readonly parts: readonly DatasetArrays[],
    private readonly order: Uint32Array | undefined,
    readonly first: number,
    private readonly lookups: Lookups = [],
  ) {
    let rows = 0;
    for (const part of parts) {
      this.starts.push(rows);
      rows += countRows(part);
    }
    this.rows = rows;
    this.columns = columnsOf(parts, lookups);
    this.partOf = order && this.partsOfRows();
  }

  /** Rows `[from, to)` as views, where they lie in one part in their order. */
  view(from: number, to: number): DatasetArrays | undefined {
    if (!this.viewable) return undefined;
    const part = this.partAt(from);
    const rows = this.parts[part];
    const start = this.starts[part] ?? 0;
    return rows && to - start <= countRows(rows) ? slice(rows, from - start, to - start) : undefined;
  }

  /** Copies rows `[from, to)` of every array to `targets`, from their row `at` on. */
  copy(from: number, to: number, targets: readonly TypedArray[], at: number): void {
    const places = this.order && this.partOf && placesOf(this.order.subarray(from, to), this.partOf, this.starts);
    for (const [i, column] of this.columns.entries()) {
      const target = targets[i];
      if (!target) throw new RangeError('expected room for every array');
      if (places) gather(column, target, places, at);
      else this.append(column, target, from, to, at);
    }
  }

  /** Whether batches may be views of it. */
  get viewable(): boolean {
    return this.order === undefined && this.lookups.every((values) => values === undefined);
  }

  /** Gives its rows up: none of them, nor a view of them, is looked at any more. */
  free(): void {
    for (const part of this.parts) giveUp(part);
  }

  /** The arrays' types, to make room by. */
  get sample(): DatasetArrays {
    const [first] = this.parts;
    if (!first) throw new RangeError('expected at least one part, received none');
    return mapArrays(first, (array, i) => (this.lookups[i] ? { ...array, dtype: 'float32' } : array));
  }

  private append({ size, parts, lookup }: Column, target: TypedArray, from: number, to: number, at: number): void {
    for (let row = from, part = this.partAt(from); row < to; part++) {
      const start = this.starts[part] ?? 0;
      const end = Math.min(to, this.starts[part + 1] ?? this.rows);
      place(parts[part]?.subarray((row - start) * size, (end - start) * size), lookup, target, (at + row - from) * size);
      row = end;
    }
  }

  private partAt(row: number): number {
    const after = this.starts.findIndex((start) => start > row);
    return after === -1 ? this.starts.length - 1 : after - 1;
  }

  /** Of each row the part that it lies in. */
  private partsOfRows(): Uint16Array {
    const parts = new Uint16Array(this.rows);
    for (const [part, start] of this.starts.entries()) parts.fill(part, start, this.starts[part + 1] ?? this.rows);
    return parts;
  }
}

/** As many parts are joined before there are more: of each row its part is remembered, in 16 bits. */
export const maxParts = 2 ** 12;

/** Of some rows: the part that each lies in, and its place there. */
interface Places {
  readonly part: Uint16Array;
  readonly row: Uint32Array;
}

/** Looked up once for all arrays, and before any row is copied: then rows far apart are fetched at the same time. */
function placesOf(rows: Uint32Array, partOf: Uint16Array, starts: readonly number[]): Places {
  const part = new Uint16Array(rows.length);
  const row = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const index = rows[i] ?? 0;
    const of = partOf[index] ?? 0;
    part[i] = of;
    row[i] = index - (starts[of] ?? 0);
  }
  return { part, row };
}

function gather({ size, parts, words, lookup }: Column, target: TypedArray, places: Places, at: number): void {
  if (words) return gatherWords(words.parts, words.size, new Uint32Array(target.buffer, target.byteOffset, target.byteLength / 4), places, at);
  for (let i = 0, next = at * size; i < places.row.length; i++, next += size) {
    const first = (places.row[i] ?? 0) * size;
    place(parts[places.part[i] ?? 0]?.subarray(first, first + size), lookup, target, next);
  }
}

function place(values: TypedArray | undefined, lookup: Float32Array | undefined, target: TypedArray, at: number): void {
  if (lookup) lookUp(values as Uint8Array, lookup, target as Float32Array, at);
  else target.set(values as never, at); // one dtype
}

/** One array of the dataset, in all parts. */
interface Column {
  /** Elements of a row. */
  readonly size: number;
  readonly parts: readonly TypedArray[];
  /** What becomes of each byte, where the parts hold bytes still. */
  readonly lookup: Float32Array | undefined;
  /** The same in words of 32 bits, where rows are narrow and lie at such. */
  readonly words: { readonly size: number; readonly parts: readonly Uint32Array[] } | undefined;
}

/** The arrays, whatever they hold, as one type: a loop over several types of arrays runs at a tenth of the speed. */
function gatherWords(parts: readonly Uint32Array[], size: number, target: Uint32Array, { part, row }: Places, at: number): void {
  for (let i = 0, next = at * size; i < row.length; i++) {
    const source = parts[part[i] as number] as Uint32Array;
    let first = (row[i] as number) * size;
    for (const end = first + size; first < end; ) target[next++] = source[first++] as number;
  }
}

function columnsOf(parts: readonly DatasetArrays[], lookups: Lookups): Column[] {
  const [first] = parts.map(arraysOf);
  return (first ?? []).map((array, i) => {
    const size = sizeOf(array.shape.slice(1));
    const data = parts.map((part) => arraysOf(part)[i]?.data).filter((values) => values !== undefined);
    const rowBytes = size * array.data.BYTES_PER_ELEMENT;
    const lookup = lookups[i];
    const inWords = !lookup && rowBytes % 4 === 0 && rowBytes <= narrowBytes && data.every(({ byteOffset }) => byteOffset % 4 === 0);
    return { size, parts: data, lookup, words: inWords ? { size: rowBytes / 4, parts: data.map(wordsOf) } : undefined };
  });
}

function wordsOf({ buffer, byteOffset, byteLength }: TypedArray): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** The same arrays over other data, each of `rows` rows: `data` in the order of `arraysOf`. */
export function withData(arrays: DatasetArrays, data: readonly TypedArray[], rows: number): DatasetArrays {
  return mapArrays(arrays, ({ dtype, shape }, i): NdArray => {
    const [, ...rest] = shape;
    return { dtype, shape: [rows, ...rest], data: (data[i] ?? allocate(dtype, 0)).subarray(0, rows * sizeOf(rest)) };
  });
}

/** Memory for rows, used again by every second taking: what was taken last stays as it is while the next rows are gathered. */
export class TurningRoom {
  private readonly halves: readonly [TypedArray[], TypedArray[]] = [[], []];
  private half: 0 | 1 = 0;

  turn(): void {
    this.half = this.half === 0 ? 1 : 0;
  }

  readonly room: Room = ({ dtype, shape }, index, rows) => {
    const half = this.halves[this.half];
    const needed = rows * sizeOf(shape.slice(1));
    let data = half[index];
    if (!data || data.length < needed) half[index] = data = allocate(dtype satisfies DType, needed);
    return data;
  };
}

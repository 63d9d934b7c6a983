import type { NdArray } from '@trainyard/ndarray';
import { Source } from '@trainyard/protocol';
import { sequenceAt, type ColumnValues } from '../columns/column-values.js';
import { formatOfNames } from '../formats/registry.js';
import type { Block, ColumnRequest, Table } from '../formats/table.js';
import { findShards } from '../shards/find-shards.js';
import type { TemporaryStore } from './temporary-store.js';

const noRetries = { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 };

/** The first table of a source, as its format makes it: what lies below bindings and transforms. */
export async function openTable({ store }: TemporaryStore, given: object): Promise<Table> {
  const source = Source.parse(given);
  const files = await findShards([source.uri].flat(), (uri) => ({ store, prefix: `projects/p/${uri}` }), noRetries);
  const format = formatOfNames(files.map(({ name }) => name));
  const [group] = format.group(files);
  if (!group) throw new Error('no files');
  return format.open(group, source);
}

export function ask(name: string, options: Partial<ColumnRequest> = {}): ColumnRequest {
  return { name, text: false, missing: 'error', ...options };
}

/** Rows of one column as plain values; `undefined` where they are marked as missing. */
export async function readColumn(table: Table, request: ColumnRequest, start = 0, end = Infinity): Promise<unknown[]> {
  const known = (await table.column(request)).rows ?? Infinity;
  const rows: unknown[] = [];
  for await (const block of table.read([request], start, Math.min(end, known))) {
    if (block.firstRow !== start + rows.length) throw new Error(`expected a block from row ${start + rows.length} on, received one from ${block.firstRow} on`);
    rows.push(...plainRows(block, request.name));
  }
  return rows;
}

function plainRows(block: Block, name: string): unknown[] {
  const values = block.columns.get(name);
  const mask = block.missing?.get(name);
  if (!values) throw new Error(`the block has no column ${name}`);
  return Array.from({ length: block.rows }, (_, row) => (mask?.[row] ? undefined : plainRow(values, row)));
}

function plainRow(values: ColumnValues, row: number): unknown {
  switch (values.kind) {
    case 'numbers':
      return plainArray(values.array, row);
    case 'sequences':
      return [...(sequenceAt(values, row).data as Iterable<number | bigint>)];
    case 'text':
      return values.texts[row];
    case 'bytes':
      return Buffer.from(values.items[row] ?? []).toString('hex');
  }
}

function plainArray({ shape, data }: NdArray, row: number): unknown {
  const width = shape.slice(1).reduce((product, dimension) => product * dimension, 1);
  const own = [...(data.subarray(row * width, (row + 1) * width) as Iterable<number | bigint>)];
  return shape.length === 1 ? own[0] : own;
}

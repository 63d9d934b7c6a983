import type { CompressionCodec, DecodedArray, ParquetParsers } from 'hyparquet/src/types.js';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { readFlat } from './flat-column.js';
import type { ParquetColumn, RowGroup } from './metadata.js';
import { checkPages, type Pages } from './pages.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const parsers: ParquetParsers = { ...DEFAULT_PARSERS, stringFromBytes: (bytes) => utf8.decode(bytes), jsonFromBytes: (bytes) => utf8.decode(bytes) };

/**
 * All rows of a column in a row group, in parts one behind the other: numbers, bigints, booleans, texts or bytes, lists of
 * numbers, and null or undefined where there is no value.
 * @throws DataError where the pages are damaged
 */
export async function readChunk(file: ShardFile, group: RowGroup, column: ParquetColumn, signal?: AbortSignal): Promise<readonly DecodedArray[]> {
  const path = column.schemaPath.slice(1).map(({ element }) => element.name);
  const chunk = group.chunks.get(path.join('.'));
  const place = `${file.name}, column ${JSON.stringify(column.name)}, rows ${group.firstRow + 1} to ${group.firstRow + group.rows}`;
  if (!chunk) throw new DataError(place, 'the parquet file is damaged: the row group does not have the column');
  const bytes = await file.read(chunk.start, chunk.end, signal);
  try {
    const pages = checkPages(bytes, chunk, column);
    const parts = decode(bytes, pages, group, column, path, chunk.codec);
    const rows = parts.reduce((sum, part) => sum + part.length, 0);
    if (rows !== group.rows) throw new RangeError(`expected ${group.rows} rows, received ${rows}`);
    // Of no value the library makes null, or undefined where that is a list.
    for (const part of column.depth === 0 ? parts : []) if (Array.isArray(part) && part.includes(undefined)) throw new RangeError('a value points behind the end of its dictionary');
    return parts;
  } catch (error) {
    throw new DataError(place, `the parquet file is damaged, or cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function decode(bytes: Buffer, pages: Pages, group: RowGroup, { schemaPath, depth, name }: ParquetColumn, path: string[], codec: CompressionCodec): readonly DecodedArray[] {
  const [, top] = schemaPath;
  const element = schemaPath.at(-1)?.element;
  if (!top || !element?.type) throw new TypeError(`the column ${name} has no type`);
  const fromPages = (compressed: Uint8Array): Uint8Array => pages.get(compressed.byteOffset) ?? new Uint8Array();
  const decoder = { pathInSchema: path, type: element.type, element, schemaPath: [...schemaPath], codec, parsers, utf8: false, compressors: { [codec]: fromPages } };
  if (depth === 0) return readFlat(bytes, pages, decoder, group.rows);
  const select = { groupStart: group.firstRow, groupRows: group.rows, selectStart: 0, selectEnd: group.rows };
  const { data } = readColumn({ view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }, select, decoder);
  const lists = new Map<string, DecodedArray>([[path.join('.'), data.flatMap((part) => [...(part as Iterable<unknown>)])]]);
  assembleNested(lists, top, parsers);
  return [lists.get(name) ?? []];
}

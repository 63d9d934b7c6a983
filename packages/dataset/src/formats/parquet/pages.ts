import { crc32 } from 'node:zlib';
import type { PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import { decompressPage } from './decompress.js';
import type { ParquetChunk, ParquetColumn } from './metadata.js';
import { checkRuns } from './runs.js';

/** Of a column of one row group, decompressed. */
const maxChunkBytes = 512 * 1024 * 1024;

/** Decompressed pages, by where their compressed bytes begin. */
export type Pages = ReadonlyMap<number, Uint8Array>;

/**
 * Decompresses the pages of a column chunk and checks what the library that decodes them takes on trust: sizes, numbers of
 * values, lengths of runs, and checksums where there are some. What passes is decoded in memory that its own size bounds.
 * @throws Error where something does not fit
 */
export function checkPages(bytes: Uint8Array, chunk: ParquetChunk, column: ParquetColumn): Pages {
  const pages = new Map<number, Uint8Array>();
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const state: ChunkState = { pages, dictionary: 0 };
  let values = 0;
  let total = 0;
  while (values < chunk.values) {
    if (reader.offset >= bytes.length) throw new RangeError(`expected ${chunk.values} values, the pages have ${values}`);
    const header = parquetHeader(reader);
    const compressed = between(header.compressed_page_size, bytes.length - reader.offset, 'bytes of a page');
    const length = between(header.uncompressed_page_size, maxChunkBytes - total, 'bytes of pages after decompression');
    total += length;
    const page = bytes.subarray(reader.offset, reader.offset + compressed);
    if (header.crc !== undefined && crc32(page) !== header.crc >>> 0) throw new RangeError('the checksum of a page does not match');
    values += checkPage(header, page, length, chunk, column, state);
    reader.offset += compressed;
  }
  if (values !== chunk.values) throw new RangeError(`expected ${chunk.values} values, the pages have ${values}`);
  return pages;
}

interface ChunkState {
  readonly pages: Map<number, Uint8Array>;
  /** How many values the dictionary has that came so far. */
  dictionary: number;
}

/** @returns how many values the page holds */
function checkPage(header: PageHeader, bytes: Uint8Array, length: number, chunk: ParquetChunk, column: ParquetColumn, state: ChunkState): number {
  const { dictionary_page_header: dictionary, data_page_header: v1, data_page_header_v2: v2 } = header;
  const levels = levelsOf(column);
  if (header.type === 'DICTIONARY_PAGE' && dictionary) {
    const page = keep(state.pages, chunk, bytes, length);
    state.dictionary = between(dictionary.num_values, page.length * 8, 'values of a dictionary');
    return 0;
  }
  if (header.type === 'DATA_PAGE' && v1) {
    const count = between(v1.num_values, chunk.values, 'values of a page');
    const page = keep(state.pages, chunk, bytes, length);
    const repetitions = levels.repetition > 0 ? checkLevels(page, 0, levels.repetition, count) : { end: 0, full: count };
    const definitions = levels.definition > 0 ? checkLevels(page, repetitions.end, levels.definition, count) : { end: repetitions.end, full: count };
    checkValues(page, definitions.end, v1.encoding, definitions.full, column, state);
    return count;
  }
  if (header.type === 'DATA_PAGE_V2' && v2) {
    const count = between(v2.num_values, chunk.values, 'values of a page');
    between(v2.num_nulls, count, 'nulls of a page');
    const repetitions = between(v2.repetition_levels_byte_length, Math.min(bytes.length, length), 'bytes of levels');
    const definitions = repetitions + between(v2.definition_levels_byte_length, Math.min(bytes.length, length) - repetitions, 'bytes of levels');
    if (levels.repetition > 0) checkRuns(bytes, 0, repetitions, width(levels.repetition), count);
    const full = levels.definition > 0 ? checkRuns(bytes, repetitions, definitions, width(levels.definition), count, levels.definition) : count;
    if (full !== count - v2.num_nulls) throw new RangeError(`expected ${count - v2.num_nulls} values that are not null, the levels have ${full}`);
    const own = bytes.subarray(definitions);
    const page = v2.is_compressed === false ? own : keep(state.pages, chunk, own, length - definitions);
    checkValues(page, 0, v2.encoding, full, column, state);
    return count;
  }
  if (header.type === 'INDEX_PAGE') throw new RangeError('index pages are not read');
  throw new RangeError(`a page of type ${header.type} has no header of that type`);
}

function keep(pages: Map<number, Uint8Array>, { codec }: ParquetChunk, bytes: Uint8Array, length: number): Uint8Array {
  const page = decompressPage(codec, bytes, length);
  pages.set(bytes.byteOffset, page);
  return page;
}

/** Levels with their length in 4 bytes before them. @returns where they end, and how many are as high as can be */
function checkLevels(page: Uint8Array, start: number, highest: number, count: number): { end: number; full: number } {
  const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(start, true);
  const end = start + 4 + between(length, page.length - start - 4, 'bytes of levels');
  return { end, full: checkRuns(page, start + 4, end, width(highest), count, highest) };
}

function checkValues(page: Uint8Array, start: number, encoding: string, count: number, column: ParquetColumn, { dictionary }: ChunkState): void {
  if (count === 0) return;
  switch (encoding) {
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY': {
      if (dictionary === 0) throw new RangeError('values point into a dictionary that is not there');
      const bits = page[start] ?? 0;
      if (bits > 0) checkRuns(page, start + 1, page.length, between(bits, 32, 'bits of an index'), count);
      return;
    }
    case 'RLE':
      checkRuns(page, start + 4, page.length, 1, count);
      return;
    case 'BYTE_STREAM_SPLIT': {
      const element = column.schemaPath.at(-1)?.element;
      const bytes = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 }[element?.type as string] ?? element?.type_length ?? 0;
      between(count * bytes, page.length - start, 'bytes of values');
      return;
    }
    case 'DELTA_BYTE_ARRAY':
      checkDeltaLengths(page, start, count);
  }
}

/** Each value repeats the beginning of the one before it: together they may be far longer than the page. */
function checkDeltaLengths(page: Uint8Array, start: number, count: number): void {
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: start };
  const prefixes = new Int32Array(count);
  deltaBinaryUnpack(reader, count, prefixes);
  const bytes = prefixes.reduce((sum, length) => sum + between(length, maxChunkBytes, 'bytes of a text'), 0);
  between(bytes, maxChunkBytes, 'bytes of texts');
}

function levelsOf({ schemaPath }: ParquetColumn): { definition: number; repetition: number } {
  return { definition: getMaxDefinitionLevel([...schemaPath]), repetition: getMaxRepetitionLevel([...schemaPath]) };
}

/** Bits that hold levels up to the highest. */
function width(highest: number): number {
  return 32 - Math.clz32(highest);
}

function between(value: number | undefined, most: number, what: string): number {
  if (value === undefined || !(value >= 0 && value <= most)) throw new RangeError(`it declares ${value} ${what}, ${most} at most fit`);
  return value;
}

import { parquetMetadataAsync, parquetSchema, type CompressionCodec, type FileMetaData, type SchemaTree } from 'hyparquet';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { leafType, type LeafType } from './leaf-type.js';

/** What describes thousands of columns and row groups; it takes some twenty times as much memory. */
const maxMetadataBytes = 16 * 1024 * 1024;
/** Values of a column of one row group: a few hundred MiB when they are decoded. */
const maxChunkValues = 2 ** 25;

/** One column of the table that can be read: a leaf of the schema, or lists of such. */
export interface ParquetColumn {
  readonly name: string;
  readonly leaf: LeafType;
  /** How many lists lie around a value. */
  readonly depth: number;
  /** From the root of the schema to the leaf. */
  readonly schemaPath: readonly SchemaTree[];
}

/** Where the values of a column of a row group lie. */
export interface ParquetChunk {
  readonly start: number;
  readonly end: number;
  readonly values: number;
  readonly uncompressedBytes: number;
  readonly codec: CompressionCodec;
}

export interface RowGroup {
  readonly firstRow: number;
  readonly rows: number;
  readonly chunks: ReadonlyMap<string, ParquetChunk>;
}

export interface ParquetFile {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  /** Those that cannot be read have the reason in place of what they are. */
  readonly columns: ReadonlyMap<string, ParquetColumn | { readonly name: string; readonly refused: string }>;
}

/** The description at the end of a parquet file. @throws DataError where it is none, or does not fit the file */
export async function readParquetFile(file: ShardFile): Promise<ParquetFile> {
  const metadata = await readMetadata(file);
  try {
    const tree = parquetSchema(metadata);
    const columns = new Map(tree.children.map((child) => [child.element.name, columnOf(child, tree)]));
    if (columns.size !== tree.children.length) throw new RangeError('two columns have one name');
    let rows = 0;
    const groups = metadata.row_groups.map((group): RowGroup => {
      const firstRow = rows;
      rows += size(group.num_rows, 2 ** 40, 'rows');
      return { firstRow, rows: rows - firstRow, chunks: chunksOf(group, file) };
    });
    if (rows !== size(metadata.num_rows, 2 ** 40, 'rows')) throw new RangeError(`its row groups have ${rows} rows, all of it ${metadata.num_rows}`);
    return { rows, groups: groups.filter((group) => group.rows > 0), columns };
  } catch (error) {
    throw damaged(file, error);
  }
}

function columnOf(node: SchemaTree, root: SchemaTree): ParquetColumn | { name: string; refused: string } {
  const { name } = node.element;
  if (name in Object.prototype) return { name, refused: 'a name that programs take for something else; give the column another name' };
  const schemaPath = [root, node];
  let depth = 0;
  for (let inner = node; inner.children.length > 0; ) {
    const list = inner.children[0];
    if (inner.element.converted_type !== 'LIST' || inner.children.length !== 1 || list?.element.repetition_type !== 'REPEATED') return { name, refused: 'records or maps; save each field as a column of its own' };
    depth++;
    schemaPath.push(list);
    const element = list.children[0];
    if (list.children.length > 1) return { name, refused: 'lists of records; save each field as a column of its own' };
    if (element) schemaPath.push(element);
    inner = element ?? list;
  }
  const end = schemaPath.at(-1);
  if (!end || (depth === 0 && end.element.repetition_type === 'REPEATED')) return { name, refused: 'repeated values without a list' };
  const leaf = leafType(end.element);
  if ('refused' in leaf) return { name, refused: leaf.refused };
  if (depth > 0 && leaf.kind !== 'numbers') return { name, refused: `lists of ${leaf.kind}; join the words to one text, or save their numbers` };
  return { name, leaf, depth, schemaPath };
}

function chunksOf(group: FileMetaData['row_groups'][number], file: ShardFile): Map<string, ParquetChunk> {
  const chunks = new Map<string, ParquetChunk>();
  for (const { meta_data: meta, file_path: elsewhere } of group.columns) {
    if (!meta || elsewhere) throw new RangeError(elsewhere ? 'the data of a column are in another file' : 'a column is encrypted, or not described');
    const start = size(meta.dictionary_page_offset && meta.dictionary_page_offset < meta.data_page_offset ? meta.dictionary_page_offset : meta.data_page_offset, file.bytes, 'offset of a column');
    const end = start + size(meta.total_compressed_size, file.bytes, 'bytes of a column');
    if (end > file.bytes) throw new RangeError(`a column lies in bytes ${start} to ${end}, the file has ${file.bytes}`);
    const name = meta.path_in_schema.join('.');
    const values = size(meta.num_values, maxChunkValues, `values of column ${JSON.stringify(name)} in one row group (write smaller ones: row_group_size)`);
    chunks.set(name, { start, end, values, uncompressedBytes: size(meta.total_uncompressed_size, 2 ** 40, 'bytes of a column'), codec: meta.codec });
  }
  return chunks;
}

/** A number that a file declares. @throws RangeError beyond what it may be */
function size(value: bigint | number | undefined, most: number, what: string): number {
  const number = Number(value);
  if (value === undefined || !(number >= 0 && number <= most)) throw new RangeError(`it declares ${value} ${what}, ${most} at most are read`);
  return number;
}

async function readMetadata(file: ShardFile): Promise<FileMetaData> {
  const end = await file.read(Math.max(0, file.bytes - 8), file.bytes);
  const magic = file.bytes < 12 ? '' : end.toString('latin1', 4);
  if (magic === 'PARE') throw new DataError(file.name, 'expected a parquet file without encryption, received an encrypted one');
  if (magic !== 'PAR1') throw new DataError(file.name, `expected a parquet file (it ends with PAR1), received ${file.bytes === 0 ? 'an empty file' : 'something else, or a file that is cut short'}`);
  const bytes = end.readUInt32LE(0);
  if (bytes > Math.min(maxMetadataBytes, file.bytes - 8)) throw new DataError(file.name, `expected at most ${Math.min(maxMetadataBytes, file.bytes - 8)} bytes that describe the columns, the file announces ${bytes}; it is damaged, or has too many row groups`);
  const buffer = {
    byteLength: file.bytes,
    slice: async (from: number, to = file.bytes): Promise<ArrayBuffer> => exactBuffer(await file.read(from, to)),
  };
  try {
    return await parquetMetadataAsync(buffer, { geoparquet: false, initialFetchSize: bytes + 8 });
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError || (error as Error).constructor === Error) throw damaged(file, error);
    throw error;
  }
}

/** `file.read` answers a buffer of its own, but of none for no bytes. */
function exactBuffer(bytes: Buffer): ArrayBuffer {
  return bytes.byteLength === bytes.buffer.byteLength ? (bytes.buffer as ArrayBuffer) : (new Uint8Array(bytes).buffer);
}

function damaged(file: ShardFile, error: unknown): DataError {
  return new DataError(file.name, `the parquet file is damaged, or cannot be read: ${(error as Error).message}`, { cause: error });
}

import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse, type Parser } from 'csv-parse';
import { DataError } from '../../data-error.js';
import { readBytes, type ShardFile } from '../../shards/shard-file.js';
import { RatioLimit } from './ratio-limit.js';

/** A line of numbers that is longer is a file without line ends, or no csv at all. */
const maxRecordBytes = 16 * 1024 * 1024;
const headBytes = 64 * 1024;

/** The records of a csv, its header first. A file whose name ends in `.gz` is decompressed on the way. */
export async function* recordsOf(file: ShardFile, options: { onlyHead?: boolean; signal?: AbortSignal | undefined } = {}): AsyncGenerator<string[]> {
  const source = Readable.from(options.onlyHead === true ? headOf(file) : file.pieces(0, file.bytes, options.signal), { objectMode: false, highWaterMark: 1 });
  const parser = parse({ bom: true, skip_empty_lines: true, relax_column_count: true, max_record_size: maxRecordBytes });
  const stages: (Readable | Transform | Parser)[] = [source, ...(file.name.toLowerCase().endsWith('.gz') ? gunzip(file) : []), parser];
  for (const [i, stage] of stages.slice(0, -1).entries()) {
    const next = stages[i + 1] as Transform;
    stage.once('error', (error) => next.destroy(error));
    stage.pipe(next);
  }
  let records = 0;
  let width: number | undefined;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      width ??= record.length;
      if (record.length !== width) throw new DataError(`${file.name}, row ${records}`, `expected ${width} values, received ${record.length}`);
      yield record;
      records++;
    }
  } catch (error) {
    throw explain(error, file, records);
  } finally {
    for (const stage of stages) stage.destroy();
  }
}

function gunzip(file: ShardFile): Transform[] {
  const inflate = createGunzip();
  return [inflate, new RatioLimit(file, inflate)];
}

/** Small pieces first: whoever wants the header only stops after it. */
async function* headOf(file: ShardFile): AsyncGenerator<Buffer> {
  for (let at = 0, bytes = headBytes; at < file.bytes; at += bytes, bytes = Math.min(readBytes, bytes * 4)) yield await file.read(at, Math.min(file.bytes, at + bytes));
}

function explain(error: unknown, file: ShardFile, records: number): unknown {
  if (error instanceof CsvError) {
    // The parser may be ahead of its reader: its own count tells the record.
    const at = Number((error as { records?: unknown }).records ?? records);
    const place = at === 0 ? `${file.name}, header` : `${file.name}, row ${at}`;
    if (error.code === 'CSV_MAX_RECORD_SIZE') return new DataError(place, `expected a line of at most ${maxRecordBytes} bytes, received a longer one; is a quote not closed?`, { cause: error });
    return new DataError(place, `not valid CSV: ${error.message}`, { cause: error });
  }
  const code = String((error as { code?: unknown }).code);
  if (code.startsWith('Z_')) return new DataError(file.name, `the gzip file is damaged or cut short (after ${Math.max(0, records - 1)} rows): ${(error as Error).message}`, { cause: error });
  return error;
}

import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { compressionOf, contentOf } from '../bytes/content.js';
import { NotTextError, PiecewiseDecoder } from '../bytes/text-decoder.js';

/** A line that is longer is no row: an image of 512 × 512 × 3 has half as many. */
const maxLineBytes = 8 * 1024 * 1024;
const lineEnd = 10;
/** Lines that are parsed at once. */
const piecedBytes = 256 * 1024;

/** An object of one line. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** The objects of a file of JSON lines, some of them at a time. Empty lines do not count. A file whose name ends in `.gz` is decompressed on the way. */
export async function* jsonRowsOf(file: ShardFile, options: { head?: boolean; signal?: AbortSignal | undefined } = {}): AsyncGenerator<JsonRow[], void> {
  const parser = new LineParser(file);
  let parts: Buffer[] = [];
  let held = 0;
  for await (const content of contentOf(file, { compression: compressionOf(file), ...options })) {
    for (let at = 0; at < content.length; at += piecedBytes) {
      const piece = content.subarray(at, at + piecedBytes);
      const end = piece.lastIndexOf(lineEnd) + 1;
      if (end > 0) {
        const rows = parser.parse(Buffer.concat([...parts, piece.subarray(0, end)]));
        if (rows.length > 0) yield rows;
        parts = [];
        held = 0;
      }
      parts.push(piece.subarray(end));
      held += piece.length - end;
      if (held > maxLineBytes) throw parser.tooLong();
    }
  }
  const rows = parser.parse(Buffer.concat(parts));
  if (rows.length > 0) yield rows;
}

class LineParser {
  private lines = 0;
  private rows = 0;

  constructor(private readonly file: ShardFile) {}

  /** @param bytes whole lines */
  parse(bytes: Buffer): JsonRow[] {
    const rows: JsonRow[] = [];
    for (const line of this.decode(bytes).split('\n')) {
      this.lines++;
      if (line.trim() === '') continue;
      rows.push(this.object(line));
      this.rows++;
    }
    if (bytes.length > 0) this.lines--; // behind the last line end there is no line yet
    return rows;
  }

  tooLong(): DataError {
    return new DataError(`${this.file.name}, line ${this.lines + 1}`, `expected a line of at most ${maxLineBytes} bytes, received a longer one; write one object a line`);
  }

  private decode(bytes: Buffer): string {
    const decoder = new PiecewiseDecoder('utf-8');
    try {
      const text = decoder.decode(bytes);
      decoder.end();
      return text;
    } catch (error) {
      if (!(error instanceof NotTextError)) throw error;
      throw new DataError(this.file.name, `expected UTF-8 text, received ${error.message}, behind line ${this.lines}; save it as UTF-8`, { cause: error });
    }
  }

  private object(line: string): JsonRow {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new DataError(this.place(), `expected one JSON object, received ${JSON.stringify(line.slice(0, 80))}: ${(error as Error).message.slice(0, 200)}`, { cause: error });
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRow;
    throw new DataError(this.place(), `expected one JSON object, received ${describeJson(value)}; write {"column": value, …} on each line`);
  }

  private place(): string {
    return `${this.file.name}, line ${this.lines}`;
  }
}

export function describeJson(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `${JSON.stringify(value).slice(0, 80)}`;
}

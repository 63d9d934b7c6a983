import Papa from 'papaparse';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { contentOf, compressionOf } from '../bytes/content.js';
import { encodingOfMark, NotTextError, PiecewiseDecoder } from '../bytes/text-decoder.js';
import type { CsvSyntax } from './syntax.js';

/** A line of numbers that is longer is a file without line ends, or no csv at all. */
const maxRecordCharacters = 16 * 1024 * 1024;
/** Text that is parsed at once: its fields' strings die young. Of a file made to be wrong, the parser keeps a note for each quote. */
const parsedBytes = 256 * 1024;

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row: number }[];
  readonly meta: { readonly cursor: number };
}

/**
 * The records of a csv, some thousand at a time, its header first. A file whose name ends in `.gz` is decompressed on the
 * way. All records have as many fields as the first one that is looked at.
 */
export async function* recordsOf(file: ShardFile, syntax: CsvSyntax, options: { head?: boolean; signal?: AbortSignal | undefined } = {}): AsyncGenerator<string[][], void> {
  const checked = new RecordCheck(file, syntax);
  let decoder: PiecewiseDecoder | undefined;
  let parser: RecordParser | undefined;
  let rest = '';
  for await (const piece of contentOf(file, { compression: compressionOf(file), ...options })) {
    const text = (decoder ??= new PiecewiseDecoder((syntax.encoding === 'utf-8' && encodingOfMark(piece)) || syntax.encoding));
    for (let at = 0; at < piece.length; at += parsedBytes) {
      const added = checked.decoded(() => text.decode(piece.subarray(at, at + parsedBytes)));
      rest += added;
      parser ??= RecordParser.of(rest, syntax);
      if (parser?.endsIn(added)) {
        const { data, errors, meta } = parser.parse(rest, true);
        rest = rest.slice(meta.cursor);
        const records = checked.records(data, errors);
        if (records.length > 0) yield records;
      }
      if (rest.length > maxRecordCharacters) throw checked.tooLong();
    }
  }
  checked.decoded(() => (decoder?.end(), ''));
  const { data, errors } = (parser ?? new RecordParser(syntax, '\n')).parse(rest, false);
  const last = checked.records(data, errors);
  if (last.length > 0) yield last;
}

/** The library's parser, for one kind of line ends. */
class RecordParser {
  private readonly parser: Papa.Parser;

  constructor(
    { delimiter, quote, comment }: CsvSyntax,
    private readonly newline: '\n' | '\r\n' | '\r',
  ) {
    this.parser = new Papa.Parser({ delimiter, newline, ...(quote === null ? { fastMode: true } : { quoteChar: quote }), ...(comment !== undefined && { comments: comment }) });
  }

  /** As the first line end of the text tells; undefined where there is none yet. */
  static of(text: string, syntax: CsvSyntax): RecordParser | undefined {
    const at = text.search(/[\r\n]/);
    if (at === -1 || (text[at] === '\r' && at === text.length - 1)) return undefined;
    return new RecordParser(syntax, text[at] === '\n' ? '\n' : text[at + 1] === '\n' ? '\r\n' : '\r');
  }

  /** Whether a record may end in a part of the text. A line of many megabytes is not parsed again for each part of it. */
  endsIn(part: string): boolean {
    return part.includes(this.newline.slice(-1));
  }

  parse(text: string, moreFollows: boolean): Parsed {
    const parsed = this.parser.parse(text, 0, moreFollows) as Parsed;
    if (this.newline === '\n') for (const record of parsed.data) stripReturn(record); // some lines of the file may end as on Windows
    return parsed;
  }
}

function stripReturn(record: string[]): void {
  const last = record.length - 1;
  const value = record[last] ?? '';
  if (value.endsWith('\r')) record[last] = value.slice(0, -1);
}

/** Counts records, and refuses those that are wrong. */
class RecordCheck {
  private seen = 0;
  private width: number | undefined;

  constructor(
    private readonly file: ShardFile,
    private readonly syntax: CsvSyntax,
  ) {}

  decoded(decode: () => string): string {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof NotTextError)) throw error;
      throw new DataError(this.file.name, `expected UTF-8 text, received ${error.message}, behind row ${Math.max(0, this.seen - 1)}; save it as UTF-8, or give "csv": {"encoding": "latin-1"}`, { cause: error });
    }
  }

  /** Those that count, of one parse. @throws DataError */
  records(data: string[][], errors: Parsed['errors']): string[][] {
    // Of a record that has not ended yet, a first misplaced quote may become right by what follows; behind a second one it cannot.
    const wrong = errors.find(({ row, code }, i) => row < data.length || code === 'MissingQuotes' || errors[i + 1] !== undefined);
    const good: string[][] = [];
    for (const [i, record] of data.entries()) {
      if (wrong?.row === i) throw this.malformed(wrong.code);
      if (record.length === 1 && record[0] === '') continue; // an empty line
      this.seen++;
      if (this.seen <= this.syntax.skipRows) continue;
      this.width ??= record.length;
      if (record.length !== this.width) throw new DataError(this.place(this.seen), `expected ${this.width} values, received ${record.length}`);
      good.push(record);
    }
    if (wrong && wrong.row >= data.length) throw this.malformed(wrong.code);
    return good;
  }

  tooLong(): DataError {
    return new DataError(this.place(this.seen + 1), `expected a line of at most ${maxRecordCharacters} characters, received a longer one; is a quote not closed?`);
  }

  private malformed(code: string): DataError {
    const { quote } = this.syntax;
    const problem = code === 'MissingQuotes' ? 'a quote that is not closed' : 'text between the end of a quoted field and the next delimiter';
    return new DataError(this.place(this.seen + 1), `expected fields with both of their quotes, received ${problem}; write ${quote}${quote} for a quote within a field, or give "csv": {"quote": null} where quotes mean nothing`);
  }

  private place(record: number): string {
    const row = record - this.syntax.skipRows - (this.syntax.header ? 1 : 0);
    return row < 1 ? `${this.file.name}, header` : `${this.file.name}, row ${row}`;
  }
}

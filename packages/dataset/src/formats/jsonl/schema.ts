import { JsonlOptions } from '@trainyard/protocol';
import type { ColumnType } from '../../columns/column-type.js';
import { DataError, listNames } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { fieldType, FieldTypeError } from './field-type.js';
import { jsonRowsOf, type JsonRow } from './lines.js';

/** Rows that tell which fields there are, and what they hold. */
const sampleRows = 1000;

/** The fields of a source's rows, as the first of them tell, and as is declared. Made of the first file, and the others'. */
export class JsonlSchema {
  readonly names: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly types = new Map<string, ColumnType>();

  private constructor(
    private readonly file: ShardFile,
    private readonly options: JsonlOptions,
    private readonly sample: readonly JsonRow[],
  ) {
    this.known = new Set(sample.flatMap((row) => Object.keys(row)));
    this.names = [...this.known];
  }

  /** @throws DataError where the file has no rows, or fields cannot be what is declared */
  static async read(file: ShardFile, options: JsonlOptions = JsonlOptions.parse({})): Promise<JsonlSchema> {
    let sample: JsonRow[] = [];
    for await (const rows of jsonRowsOf(file, { head: true })) {
      sample = sample.concat(rows).slice(0, sampleRows);
      if (sample.length === sampleRows) break;
    }
    if (sample.length === 0) throw new DataError(file.name, 'expected at least one JSON object, received an empty file');
    const schema = new JsonlSchema(file, options, sample);
    const own = schema.names.find((name) => name in Object.prototype);
    if (own !== undefined) throw new DataError(file.name, `expected fields' names, received ${JSON.stringify(own)}, which programs take for something else; give the field another name`);
    const stranger = [...Object.keys(options.dtypes), ...options.sequences].find((name) => !schema.known.has(name));
    if (stranger !== undefined) throw new DataError(file.name, `there is no field ${JSON.stringify(stranger)} to declare; the first rows have ${listNames(schema.names)}`, { pointer: '/jsonl' });
    return schema;
  }

  /** @throws DataError where there is no such field, or its rows do not go together */
  typeOf(name: string): ColumnType {
    const known = this.types.get(name) ?? this.infer(name);
    this.types.set(name, known);
    return known;
  }

  private infer(name: string): ColumnType {
    if (!this.known.has(name)) throw new DataError(`${this.file.name}, field ${JSON.stringify(name)}`, `there is no such field in the first rows; there are ${listNames(this.names)}`);
    try {
      return fieldType(name, this.sample, this.options);
    } catch (error) {
      if (error instanceof FieldTypeError) throw new DataError(fieldPlace(this.file, error.row, name), error.message, { cause: error });
      throw error;
    }
  }
}

/** @param row the index from 0 */
export function fieldPlace(file: ShardFile, row: number, name: string): string {
  return `${file.name}, row ${row + 1}, field ${JSON.stringify(name)}`;
}

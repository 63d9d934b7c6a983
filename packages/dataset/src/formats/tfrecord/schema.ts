import { TfrecordOptions } from '@trainyard/protocol';
import { DataError, listNames } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import type { Compression } from '../bytes/content.js';
import { parseExample, type Feature } from './example.js';
import { featureType, FeatureTypeError, type FeatureType } from './feature-type.js';
import { recordsOf } from './frames.js';

/** Records that tell which features there are, and what they hold; fewer where these many bytes hold fewer. */
const sampleRows = 100;
const sampleBytes = 8 * 1024 * 1024;

export type Example = ReadonlyMap<string, Feature>;

/** The features of a source's records, as the first of them tell, and as is declared. Made of the first file, and the others'. */
export class TfrecordSchema {
  /** In the order of the alphabet: a map of protobuf has none. */
  readonly names: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly types = new Map<string, FeatureType>();

  private constructor(
    private readonly file: ShardFile,
    private readonly options: TfrecordOptions,
    private readonly sample: readonly Example[],
  ) {
    this.known = new Set(sample.flatMap((example) => [...example.keys()]));
    this.names = [...this.known].sort();
  }

  /** @throws DataError where the file has no records, or features cannot be what is declared */
  static async read(file: ShardFile, compression: Compression, options: TfrecordOptions = TfrecordOptions.parse({})): Promise<TfrecordSchema> {
    const sample: Example[] = [];
    let bytes = 0;
    for await (const records of recordsOf(file, { compression, head: true })) {
      for (const record of records.slice(0, sampleRows - sample.length)) {
        sample.push(exampleOf(file, record, sample.length));
        bytes += record.length;
      }
      if (sample.length === sampleRows || (bytes >= sampleBytes && sample.length > 1)) break;
    }
    if (sample.length === 0) throw new DataError(file.name, 'expected at least one record, received none');
    const schema = new TfrecordSchema(file, options, sample);
    const stranger = Object.keys(options.features).find((name) => !schema.known.has(name));
    if (stranger !== undefined) throw new DataError(file.name, `there is no feature ${JSON.stringify(stranger)} to declare; the first records have ${listNames(schema.names)}`, { pointer: '/tfrecord/features' });
    return schema;
  }

  /** @throws DataError where there is no such feature, or its records do not go together */
  typeOf(name: string): FeatureType {
    const known = this.types.get(name) ?? this.infer(name);
    this.types.set(name, known);
    return known;
  }

  private infer(name: string): FeatureType {
    if (!this.known.has(name)) throw new DataError(`${this.file.name}, feature ${JSON.stringify(name)}`, `there is no such feature in the first records; there are ${listNames(this.names)}`);
    const declared = Object.hasOwn(this.options.features, name) ? this.options.features[name] : undefined;
    try {
      return featureType(this.sample.map((example) => example.get(name)), declared ?? {});
    } catch (error) {
      if (error instanceof FeatureTypeError) throw new DataError(featurePlace(this.file, error.row, name), error.message, { cause: error });
      throw error;
    }
  }
}

/** @param row the index from 0 */
export function featurePlace(file: ShardFile, row: number, name: string): string {
  return `${file.name}, record ${row + 1}, feature ${JSON.stringify(name)}`;
}

/** @param wanted all features where it is left out. @throws DataError naming the record where it is no Example */
export function exampleOf(file: ShardFile, record: Uint8Array, row: number, wanted?: ReadonlySet<string>): Example {
  try {
    return parseExample(record, wanted);
  } catch (error) {
    throw new DataError(`${file.name}, record ${row + 1}`, `expected a tf.train.Example, received other bytes: ${(error as Error).message}`, { cause: error });
  }
}

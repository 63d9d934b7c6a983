import { CsvOptions, type TextColumnDType } from '@trainyard/protocol';
import type { Encoding } from '../bytes/text-decoder.js';

/** A csv's options with every default filled in. */
export interface CsvSyntax {
  /** Whether the first record that is not skipped names the columns, or stands in the place of names. */
  readonly header: boolean;
  readonly columns: readonly string[] | undefined;
  readonly delimiter: string;
  readonly quote: string | null;
  readonly comment: string | undefined;
  readonly dtypes: Readonly<Record<string, TextColumnDType>>;
  readonly naValues: ReadonlySet<string>;
  readonly skipRows: number;
  readonly decimalComma: boolean;
  readonly encoding: Encoding;
}

/** As pandas does: a file whose columns are given has no header, unless it is said to have one. */
export function csvSyntax(given: CsvOptions | undefined, fileName: string): CsvSyntax {
  const { header, columns, delimiter, quote, comment, dtypes, na_values, skip_rows, decimal, encoding } = given ?? CsvOptions.parse({});
  return {
    header: header ?? columns === undefined,
    columns,
    delimiter: delimiter ?? (/\.tsv(\.gz)?$/i.test(fileName) ? '\t' : ','),
    quote,
    comment,
    dtypes,
    naValues: new Set(na_values),
    skipRows: skip_rows,
    decimalComma: decimal === ',',
    encoding,
  };
}

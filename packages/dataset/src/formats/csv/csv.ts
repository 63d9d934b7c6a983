import { oneByOne, type Format } from '../format.js';
import { CsvTable } from './csv-table.js';

/** Each csv is a table. */
export const csv: Format = {
  name: 'csv',
  suffixes: ['.csv', '.csv.gz', '.tsv', '.tsv.gz'],
  group: oneByOne,
  open: ([file], source, first) => CsvTable.open(file, source, first instanceof CsvTable ? first : undefined),
};

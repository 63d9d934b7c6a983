import { mapConcurrently } from '../../map-concurrently.js';
import type { Format } from '../format.js';
import { CsvTable } from './csv-table.js';

/** Each csv is a table. */
export const csv: Format = {
  name: 'csv',
  suffixes: ['.csv', '.csv.gz'],
  open: (files) => mapConcurrently(files, (file) => CsvTable.open(file)),
};

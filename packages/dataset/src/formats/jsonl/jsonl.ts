import { oneByOne, type Format } from '../format.js';
import { JsonlTable } from './jsonl-table.js';
import { JsonlSchema } from './schema.js';

/** Each file of JSON lines is a table. */
export const jsonl: Format = {
  name: 'jsonl',
  suffixes: ['.jsonl', '.jsonl.gz', '.ndjson', '.ndjson.gz'],
  group: oneByOne,
  open: async ([file], source, first) => new JsonlTable(file, first instanceof JsonlTable ? first.schema : await JsonlSchema.read(file, source.jsonl)),
};

import type { ColumnScan, DatasetResource } from '@trainyard/protocol';
import { fileSize } from './file-size.js';
import { table } from './table.js';

const mostClasses = 5;
const widestValue = 24;

/** A dataset's scan in lines: what it is, its columns, its first rows. */
export function scanView({ id, name, source, scan }: DatasetResource): string[] {
  if (scan === null) return [`${id} has not been scanned`];
  const { format, rows, shards, bytes, columns, first_rows } = scan;
  const head = `${id}${name === null ? '' : ` (${name})`}: ${count(rows, 'row')} in ${count(shards, 'file')} of ${format}, ${fileSize(bytes)}, ${[source.uri].flat().join(' ')}`;
  const names = columns.map((column) => column.name);
  return [
    head,
    '',
    ...table(['COLUMN', 'TYPE', 'MISSING', 'MIN', 'MAX', 'MEAN', 'STD', 'VALUES'], columns.map(columnRow)),
    '',
    'First rows:',
    ...table(names, first_rows.map((row) => names.map((column) => shorten(JSON.stringify(row[column] ?? null))))),
  ];
}

function columnRow(column: ColumnScan): string[] {
  const { name, missing, numbers, lengths } = column;
  const [min, max] = numbers ? [numbers.min?.value, numbers.max?.value] : [lengths?.min, lengths?.max];
  const [mean, std] = numbers ? [numbers.mean, numbers.std] : [lengths?.mean, undefined];
  return [name, typeOf(column), String(missing), short(min), short(max), short(mean), short(std), valuesOf(column)];
}

/** `float32 [28, 28]`; of text and sequences the numbers beside it are lengths, unless a sequence has numbers of its own. */
function typeOf({ kind, dtype, shape }: ColumnScan): string {
  if (dtype === null) return kind === 'text' ? 'text (length)' : 'bytes (length)';
  const rows = shape === null || shape.length === 0 ? '' : ` [${shape.join(', ')}]`;
  return kind === 'sequences' ? `${dtype} sequences${rows}` : `${dtype}${rows}`;
}

function valuesOf({ classes, lengths, kind }: ColumnScan): string {
  if (kind === 'sequences' && lengths !== null) return `lengths ${lengths.min} to ${lengths.max}`;
  if (classes === null) return '';
  const shown = classes.slice(0, mostClasses).map(({ value, count: times }) => `${value}: ${times}`);
  return `${shown.join(', ')}${classes.length > mostClasses ? `, … (${classes.length})` : ''}`;
}

function short(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}

const shorten = (text: string): string => (text.length > widestValue ? `${text.slice(0, widestValue - 1)}…` : text);
const count = (number: number, what: string): string => `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;

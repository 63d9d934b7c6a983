import { existsSync } from 'node:fs';
import type { Client, DatasetInput } from '@trainyard/client';
import { DatasetId, type DatasetResource } from '@trainyard/protocol';
import { LiveLine, silent, toJson, type Output } from '../../terminal/output.js';
import { scanView } from '../../terminal/scan-view.js';
import { table } from '../../terminal/table.js';
import { UserError } from '../../user-error.js';
import { age } from '../inspect.js';
import { parseJson } from '../job-file.js';
import { uploadData } from './upload-data.js';

export interface InspectOptions {
  readonly name?: string;
  readonly format?: string;
  readonly x?: readonly string[];
  readonly y?: readonly string[];
  readonly source?: string;
  readonly json?: boolean;
}

/**
 * `trainyard data inspect`: what a dataset holds. It is named by its id, by a URI (`files/…`, `s3://…`), of which a dataset is
 * made, or by a file or folder of this machine, which is uploaded first.
 * @throws UserError when it could not be scanned
 */
export async function inspectData(client: Client, named: string, options: InspectOptions, out: Output, signal: AbortSignal): Promise<void> {
  const made = DatasetId.safeParse(named).success ? await client.datasets.get(named) : await client.datasets.create(await requestOf(client, named, options, options.json === true ? silent : out));
  const line = new LiveLine(out);
  if (made.status === 'scanning') line.draw(`Scanning ${made.id} …`);
  const dataset = await client.datasets.scanned(made.id, { signal }).finally(() => line.clear());
  if (options.json === true) return out.write(`${toJson(dataset)}\n`);
  if (dataset.status === 'failed') throw new UserError(`${dataset.id} could not be scanned: ${dataset.error?.message ?? 'the scan was cancelled'}`);
  for (const text of scanView(dataset)) out.write(`${text}\n`);
}

async function requestOf(client: Client, named: string, { name, format, x, y, source }: InspectOptions, out: Output): Promise<DatasetInput> {
  const uri = /^(files\/|s3:\/\/)/.test(named) ? named : await uploaded(client, named, out);
  const more = source === undefined ? {} : parseJson('--source', source);
  if (typeof more !== 'object' || more === null) throw new UserError('--source: expected a JSON object, the fields of a source beside "uri"');
  const fields = { ...(format !== undefined && { format }), ...(x !== undefined && { x }), ...(y !== undefined && { y }), ...more };
  return { source: { uri, ...fields }, ...(name !== undefined && { name }) } as DatasetInput; // the server judges the rest
}

async function uploaded(client: Client, named: string, out: Output): Promise<string> {
  if (!existsSync(named)) throw new UserError(`${named}: expected the id of a dataset, a URI (files/… or s3://…), or a file or folder of this machine`);
  return uploadData(client, [named], {}, out);
}

/** `trainyard data list` */
export async function listData(client: Client, options: { limit: number; json?: boolean }, out: Output): Promise<void> {
  const { data } = await client.datasets.list({ limit: options.limit });
  if (options.json === true) return out.write(`${toJson(data)}\n`);
  const rows = data.map((dataset) => [dataset.id, dataset.name ?? '', dataset.status, rowsOf(dataset), [dataset.source.uri].flat().join(' '), age(dataset.created_at)]);
  for (const text of table(['DATASET', 'NAME', 'STATUS', 'ROWS', 'URI', 'CREATED'], rows)) out.write(`${text}\n`);
}

const rowsOf = ({ scan }: DatasetResource): string => (scan === null ? '' : String(scan.rows));

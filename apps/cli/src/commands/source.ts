import { statSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '@trainyard/client';
import { DatasetId, type InferenceInput } from '@trainyard/protocol';
import type { Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';
import { uploadData } from './data/upload-data.js';
import { parseJson, readText } from './job-file.js';
import { uploadFile } from './upload.js';

/**
 * The source that a word of the command line names: a JSON file with one, the id of a dataset, a URI (`files/…`, `s3://…`), or a
 * file or folder of this machine, which is uploaded.
 *
 * @throws UserError when it is none of them
 */
export async function sourceOf(client: Client, named: string, out: Output): Promise<InferenceInput['data']> {
  if (DatasetId.safeParse(named).success) return { dataset: named };
  if (/^(files\/|s3:\/\/)/.test(named)) return { uri: named };
  const local = statSync(named, { throwIfNoEntry: false });
  if (!local) throw new UserError(`${named}: expected a source as a JSON file, the id of a dataset, a URI (files/… or s3://…), or a file or folder of this machine`);
  if (local.isDirectory()) return { uri: await uploadData(client, [named], {}, out) };
  if (path.extname(named) !== '.json') return { uri: await uploadFile(client, named, out) };
  const source = parseJson(named, await readText(named));
  if (typeof source !== 'object' || source === null || Array.isArray(source)) throw new UserError(`${named}: expected a JSON object, a source such as {"uri": "files/test.npz"}`);
  return source; // the server judges what is in it
}

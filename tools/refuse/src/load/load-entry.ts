import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { Entry } from '../corpus.js';
import { loadAnyH5, loadModelJson, loadModelYaml, loadWeights, loadWholeModel } from './load-model.js';
import type { UploadStore } from './upload-store.js';

/** What a file gave: the bytes of all arrays, to look for what no upload may reach. */
export interface Loaded {
  readonly arrays: readonly ArrayBufferView[];
}

/**
 * Loads a file as the service loads what users upload: models through the parser, the engine and its limit on sizes; .h5
 * files in a process of their own, then into the model; data through the dataset's readers, all of it.
 *
 * @throws FormatError or DataError where it is refused; any other error is a fault of ours.
 */
export async function loadEntry(entry: Entry, folder: string, uploads: UploadStore): Promise<Loaded> {
  const bytes = await readExpanded(path.resolve(folder, entry.file));
  switch (entry.kind) {
    case 'model_json':
      return loadModelJson(bytes.toString());
    case 'model_yaml':
      return loadModelYaml(bytes.toString());
    case 'h5':
      if (entry.as === 'weights') return loadWeights(bytes, await readExpanded(path.resolve(folder, entry.model ?? '')), entry.model ?? '');
      return entry.as === 'whole_model' ? loadWholeModel(bytes, 'model') : loadAnyH5(bytes);
    case 'keras':
      return loadWholeModel(bytes, 'keras');
    case 'npz':
    case 'npy':
    case 'csv':
      return uploads.load(bytes, entry.kind, entry.file.endsWith('.csv.gz') ? '.csv.gz' : `.${entry.kind}`);
    default:
      return entry.kind satisfies never;
  }
}

/** A file of the corpus; one whose name ends in `.gz` is decompressed, but for `.csv.gz`, which the service itself reads. */
async function readExpanded(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  return file.endsWith('.gz') && !file.endsWith('.csv.gz') ? gunzipSync(bytes) : bytes;
}

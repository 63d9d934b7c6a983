import { readFile } from 'node:fs/promises';
import path from 'node:path';

export const kinds = ['model_json', 'model_yaml', 'h5', 'keras', 'npz', 'npy', 'csv'] as const;
export type Kind = (typeof kinds)[number];

/** A file of a corpus, and how it is to be loaded. */
export interface Entry {
  /** Relative to the corpus's folder. */
  readonly file: string;
  readonly kind: Kind;
  /** What is wrong with it, or what it shows. */
  readonly why: string;
  /** h5: weights for `model`, or a whole model. Where it is left out: weights if there is a `model`, else what the file holds. */
  readonly as?: 'weights' | 'whole_model';
  /** h5 weights: the file of the model's JSON that they are for, relative to the corpus's folder. */
  readonly model?: string;
}

/** A folder of files that must be refused (manifest.json) and of files that must load (controls.json). */
export interface Corpus {
  readonly folder: string;
  readonly hostile: readonly Entry[];
  readonly controls: readonly Entry[];
}

/** The lists of a corpus are wrong: whoever keeps them has to mend them. */
export class CorpusError extends Error {
  override readonly name = 'CorpusError';
}

/** @throws CorpusError naming the list and the entry */
export async function readCorpus(folder: string): Promise<Corpus> {
  const hostile = await readList(path.join(folder, 'manifest.json'));
  if (!hostile) throw new CorpusError(`${folder}: expected a manifest.json, a list of {file, kind, why, expect}`);
  return { folder, hostile, controls: (await readList(path.join(folder, 'controls.json'))) ?? [] };
}

async function readList(file: string): Promise<Entry[] | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new CorpusError(`${file}: expected JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(list)) throw new CorpusError(`${file}: expected a list of {file, kind, why}`);
  return list.map((entry: unknown, index) => readEntry(entry, `${file}, entry ${index}`));
}

function readEntry(value: unknown, place: string): Entry {
  const { file, kind, why = '', as, model } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const known = kinds.find((candidate) => candidate === kind);
  if (typeof file !== 'string' || file === '') throw new CorpusError(`${place}: expected "file", a path within the folder, received ${JSON.stringify(file)}`);
  if (!known) throw new CorpusError(`${place}: expected "kind", one of ${kinds.join(', ')}, received ${JSON.stringify(kind)}`);
  if (as !== undefined && as !== 'weights' && as !== 'whole_model') throw new CorpusError(`${place}: expected "as", weights or whole_model, received ${JSON.stringify(as)}`);
  if (model !== undefined && typeof model !== 'string') throw new CorpusError(`${place}: expected "model", the path of a model's JSON, received ${JSON.stringify(model)}`);
  if (as === 'weights' && known === 'h5' && model === undefined) throw new CorpusError(`${place}: expected "model", the path of the model's JSON that these weights are for`);
  const kindOfH5 = as ?? (model === undefined ? undefined : 'weights');
  return { file, kind: known, why: String(why), ...(kindOfH5 && { as: kindOfH5 }), ...(model !== undefined && { model }) };
}

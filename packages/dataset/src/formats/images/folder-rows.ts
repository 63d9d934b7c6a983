import type { ShardFile } from '../../shards/shard-file.js';
import { globPattern, isGlob, literalPrefix } from '../../shards/glob.js';
import { byCodePoints, isImageName, type ImageRow, type ImageRows } from './image-rows.js';

/** One folder a class: the first one below the source's URI. Files of other kinds are left out, as by Keras. */
export function folderRows(files: readonly ShardFile[], uris: readonly string[]): ImageRows {
  const rows = rowsOf(files, uris);
  return {
    rows,
    labelled: rows.some(({ label }) => label !== undefined),
    sorted: byCodePoints,
    labelPlace: (row) => nameOf(rows, row),
    rowPlace: (row) => nameOf(rows, row),
  };
}

function nameOf(rows: readonly ImageRow[], row: number): string {
  return rows[row]?.file.name ?? `row ${row}`;
}

/** Files come in the order of the URIs: each belongs to the URI of the file before it, or to one behind. */
function rowsOf(files: readonly ShardFile[], uris: readonly string[]): ImageRow[] {
  const places = uris.map(placeOf);
  let at = 0;
  const rows: ImageRow[] = [];
  for (const file of files) {
    while (at < places.length - 1 && !places[at]?.holds(file.name)) at++;
    if (isImageName(file.name)) rows.push({ file, label: labelOf(file.name, places[at]?.root ?? '') });
  }
  return rows;
}

interface UriPlace {
  /** What is in front of the classes' folders, with the slash. */
  readonly root: string;
  holds(name: string): boolean;
}

function placeOf(uri: string): UriPlace {
  if (isGlob(uri)) {
    const prefix = literalPrefix(uri);
    const pattern = globPattern(uri);
    return { root: prefix.slice(0, prefix.lastIndexOf('/') + 1), holds: (name) => name === uri || pattern.test(name) };
  }
  const root = uri.endsWith('/') ? uri : `${uri}/`;
  return { root, holds: (name) => name === uri || name.startsWith(root) };
}

/** Of a file that is named itself, the folder that it lies in. */
function labelOf(name: string, root: string): string | undefined {
  const folders = name.startsWith(root) ? name.slice(root.length).split('/').slice(0, -1) : name.split('/').slice(-2, -1);
  return folders[0];
}

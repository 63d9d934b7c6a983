import { DataError, listNames } from '../../data-error.js';
import type { Format } from '../format.js';
import { csvRows } from './csv-rows.js';
import { folderRows } from './folder-rows.js';
import { imageSuffixes } from './image-rows.js';
import { ImagesTable } from './images-table.js';

const listSuffix = /\.(csv|tsv)(\.gz)?$/i;

/** All files of a source are one table: a row each, in folders of their classes or listed by a csv that lies among them. */
export const images: Format = {
  name: 'images',
  suffixes: imageSuffixes,
  group: ([first, ...rest]) => (first ? [[first, ...rest]] : []),
  open: async (files, source) => {
    const uris = [source.uri].flat();
    const name = uris.length > 1 ? `${uris[0]} and ${uris.length - 1} more` : (uris[0] ?? 'data');
    const [list, second] = files.filter((file) => listSuffix.test(file.name));
    if (second) throw new DataError(name, `expected one csv among the images, received ${list?.name} and ${second.name}; name the one that lists them, and the images' folders, with "uri"`, { pointer: '/uri' });
    const rows = list ? await csvRows(list, files, source) : folderRows(files, uris);
    if (rows.rows.length === 0) {
      const found = listNames(files.slice(0, 3).map((file) => file.name));
      throw new DataError(name, list ? `expected at least one row in ${list.name}, received none` : `expected files named ${imageSuffixes.join(', ')}, received ${found}`, { pointer: '/uri' });
    }
    return new ImagesTable(name, rows, source);
  },
};

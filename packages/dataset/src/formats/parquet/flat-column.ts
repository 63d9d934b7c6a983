import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, convertWithDictionary } from 'hyparquet/src/convert.js';
import { readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getMaxDefinitionLevel } from 'hyparquet/src/schema.js';
import type { ColumnDecoder, DecodedArray } from 'hyparquet/src/types.js';
import type { Pages } from './pages.js';

/**
 * The rows of a column without lists, page by page. Where a page has no nulls its values are taken as they are, typed where
 * the file's are: the library's own way by lists takes three times as long.
 * @param pages that were checked
 */
export function readFlat(bytes: Uint8Array, pages: Pages, decoder: ColumnDecoder, rows: number): DecodedArray[] {
  const { type, element, codec, schemaPath } = decoder;
  const highest = getMaxDefinitionLevel(schemaPath);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const parts: DecodedArray[] = [];
  let dictionary: DecodedArray | undefined;
  for (let read = 0; read < rows; ) {
    const header = parquetHeader(reader);
    const compressed = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    const page = codec === 'UNCOMPRESSED' ? compressed : (pages.get(compressed.byteOffset) ?? new Uint8Array());
    if (header.dictionary_page_header) {
      const plain = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
      dictionary = convert(readPlain(plain, type, header.dictionary_page_header.num_values, element.type_length), decoder);
      continue;
    }
    const { data_page_header: v1, data_page_header_v2: v2 } = header;
    const own = v1 ?? v2;
    if (!own) throw new RangeError('a page has no header');
    const { definitionLevels, dataPage } = v1 ? readDataPage(page, v1, decoder) : readDataPageV2(compressed, header, decoder);
    const values = convertWithDictionary(dataPage, dictionary, own.encoding, decoder);
    const full = values.length === own.num_values;
    parts.push(full ? values : withNulls(definitionLevels ?? [], highest, values));
    read += own.num_values;
  }
  return parts;
}

function withNulls(levels: readonly number[], highest: number, values: DecodedArray): unknown[] {
  let at = 0;
  return levels.map((level): unknown => (level === highest ? values[at++] : null));
}

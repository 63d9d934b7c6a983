import type { DatasetArrays } from '../dataset.js';
import { concat, countRows, slice } from '../rows.js';

/** The same rows in the same order, `windowRows` at a time; the last window may be smaller. */
export async function* windowsOf(parts: AsyncIterable<DatasetArrays>, windowRows: number): AsyncGenerator<DatasetArrays, void> {
  let gathered: DatasetArrays[] = [];
  let gatheredRows = 0;
  for await (const part of parts) {
    const rows = countRows(part);
    for (let at = 0; at < rows; ) {
      const end = Math.min(rows, at + windowRows - gatheredRows);
      gathered.push(at === 0 && end === rows ? part : slice(part, at, end));
      gatheredRows += end - at;
      at = end;
      if (gatheredRows < windowRows) continue;
      yield concat(gathered);
      gathered = [];
      gatheredRows = 0;
    }
  }
  if (gatheredRows > 0) yield concat(gathered);
}

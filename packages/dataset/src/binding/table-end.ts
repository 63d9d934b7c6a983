import type { ColumnRequest, Table } from '../formats/table.js';

/** Behind a table's last row; Infinity where only reading tells. */
export async function tableEnd(table: Table, requests: readonly ColumnRequest[]): Promise<number> {
  const columns = await Promise.all(requests.map((request) => table.column(request)));
  return columns[0]?.rows ?? Infinity;
}

import pg from 'pg';

/**
 * Looks into a database behind the service's back. It lives through outages: the next query after one connects anew.
 */
export class Connection {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000 });
    this.#pool.on('error', () => undefined); // idle connections break with the server
  }

  async rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, [...values])).rows;
  }

  /** @throws Error unless there is exactly one row. */
  async row<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row> {
    const rows = await this.rows<Row>(text, values);
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error(`expected one row, received ${rows.length}: ${text}`);
    return row;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

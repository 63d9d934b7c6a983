import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, SqlQuery, SqlResultSet } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import { connectionOptions, type ConnectionOptions } from '../connection-options.js';

const charOid = 18;
const textOid = 25;

type PgAdapter = Awaited<ReturnType<PrismaPg['connect']>>;
/** What is needed of adapter-pg's private members. */
interface Internals {
  /** Throws what the engine understands. */
  onError(error: unknown): never;
  /** Runs a query, before its columns' types are looked at. */
  performIO(query: SqlQuery): Promise<{ fields: { dataTypeID: number }[] }>;
}

/**
 * adapter-pg for the schema engine, which needs four things that adapter-pg 7.10 does otherwise:
 *
 * 1. It is given host, port and database one by one. With a connection string, `pg` lets the string's database win over
 *    the shadow database's name, and the shadow's migrations would run in the main database.
 * 2. A shadow database is dropped after its pool has ended, and by force; upstream drops it first, hangs on its own
 *    connections and leaves it behind.
 * 3. A script is one simple-protocol query; upstream splits it at every `;`, which breaks functions and literals.
 * 4. The catalogue's type `"char"` is read as text and reported as a character; upstream refuses it.
 */
export class MigrationAdapter implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@trainyard/migration-adapter';

  readonly #open: SqlDriverAdapter[] = [];

  constructor(private readonly config: ConnectionOptions) {}

  static forUrl(url: string): MigrationAdapter {
    return new MigrationAdapter(connectionOptions(url));
  }

  async connect(): Promise<SqlDriverAdapter> {
    const adapter = await new PrismaPg({ ...this.config, max: 2 }).connect();
    readCharAsText(adapter);
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(script);
      } catch (error) {
        (adapter as unknown as Internals).onError(error);
      }
    };
    this.#open.push(adapter);
    return adapter;
  }

  /** Ends the connections. The engine does not, and one of them holds its advisory lock. */
  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((adapter) => adapter.dispose()));
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const main = await this.connect();
    this.#open.pop(); // ends with the shadow database
    const database = `trainyard_shadow_${crypto.randomUUID()}`;
    await main.executeScript(`CREATE DATABASE "${database}"`);
    const shadow = await new MigrationAdapter({ ...this.config, database }).connect();
    const endPool = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await endPool();
      await main.executeScript(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      await main.dispose();
    };
    return shadow;
  }
}

function readCharAsText(adapter: PgAdapter): void {
  const internals = adapter as unknown as Internals;
  const performIO = internals.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  const charColumns = new WeakMap<SqlQuery, number[]>();

  internals.performIO = async (query) => {
    const result = await performIO(query);
    const columns: number[] = [];
    for (const [index, field] of result.fields.entries()) {
      if (field.dataTypeID !== charOid) continue;
      field.dataTypeID = textOid;
      columns.push(index);
    }
    charColumns.set(query, columns);
    return result;
  };
  adapter.queryRaw = async (query): Promise<SqlResultSet> => {
    const result = await queryRaw(query);
    for (const index of charColumns.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
}

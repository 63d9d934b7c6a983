import { PrismaPg } from '@prisma/adapter-pg';
import { connectionOptions } from './connection-options.js';
import { DatabaseUnavailableError, isUnavailable, isWriteConflict } from './errors.js';
import { Gate } from './gate.js';
import { PrismaClient, type Prisma } from './generated/client.js';

export type Transaction = Prisma.TransactionClient;

/** A pool of connections to one database, for the repositories of this package. */
export class Database {
  readonly #client: PrismaClient;
  readonly #gate: Gate;

  /** @param connections of the client's pool */
  constructor(client: PrismaClient, connections: number) {
    this.#client = client;
    this.#gate = new Gate({ width: connections, patienceMs: 10_000, mostWaiting: 10_000 });
  }

  /**
   * Runs statements that need no transaction.
   *
   * @throws DatabaseUnavailableError when the database cannot be reached, or is far too busy.
   * @internal
   */
  async run<T>(use: (client: PrismaClient) => Promise<T>): Promise<T> {
    return this.#gate.pass(async () => {
      try {
        return await use(this.#client);
      } catch (error) {
        throw translate(error);
      }
    });
  }

  /**
   * Runs statements in one transaction (read committed), again when it lost against another one.
   *
   * @throws DatabaseUnavailableError when the database cannot be reached, or is far too busy.
   * @internal
   */
  async transaction<T>(use: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#gate.pass(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#client.$transaction(use, { timeout: 30_000, maxWait: 10_000 });
        } catch (error) {
          if (!isWriteConflict(error) || tries === 5) throw translate(error);
        }
      }
    });
  }

  async close(): Promise<void> {
    await this.#client.$disconnect();
  }
}

/**
 * Opens a pool on a `postgresql://` URL. Nothing is connected before the first statement.
 *
 * @throws Error when the URL is not one of Postgres.
 */
export function openDatabase(url: string, { maxConnections = 10 }: { maxConnections?: number } = {}): Database {
  const adapter = new PrismaPg(
    { ...connectionOptions(url), max: maxConnections },
    // Idle connections break when the server goes away; the next statement tells whoever needs to know.
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  );
  return new Database(new PrismaClient({ adapter, errorFormat: 'minimal' }), maxConnections);
}

function translate(error: unknown): unknown {
  return isUnavailable(error) ? new DatabaseUnavailableError('the database cannot be reached', { cause: error }) : error;
}

/** Whether the database answers. */
export async function pingDatabase(database: Database): Promise<void> {
  await database.run((client) => client.$queryRaw`SELECT 1`);
}

/** Connects, and loads what statements and transactions need: the first ones of a process take 0.15 s longer than later ones. */
export async function warmUpDatabase(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1`;
    await transaction.job.findUnique({ where: { id: '' }, select: { id: true } });
  });
}

import { openDatabase, type Database } from '@trainyard/database';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import type { LogLevel } from '@trainyard/protocol';
import type { AttemptOrder, Report } from '../messages.js';
import { Journal } from './records/journal.js';
import { Logbook } from './records/logbook.js';
import { Phases } from './records/phases.js';
import type { Wishes } from './wishes.js';

/** What the stages of an attempt share. */
export interface Attempt {
  readonly order: AttemptOrder;
  readonly database: Database;
  readonly store: ObjectStore;
  readonly wishes: Wishes;
  readonly journal: Journal;
  readonly phases: Phases;
  log(level: LogLevel, message: string): void;
  /** Tells the supervisor what is newest. */
  report(report: Report): void;
  close(): Promise<void>;
}

/**
 * Opens what an attempt works with.
 *
 * @throws ObjectStoreAccessError when the store cannot be used as configured.
 */
export async function openAttempt(order: AttemptOrder, wishes: Wishes, report: (report: Report) => void): Promise<Attempt> {
  const database = openDatabase(order.databaseUrl, { maxConnections: 3 });
  const store = await openObjectStore(order.storage.url, order.storage.s3);
  const journal = new Journal((error) => wishes.fail(error));
  const phases = new Phases(database, order.ref, journal);
  const logbook = new Logbook(database, order.ref, journal);
  return {
    ...{ order, database, store, wishes, journal, phases, report },
    log: (level, message) => logbook.write(level, message),
    close: async () => {
      phases.close();
      wishes.close();
      await database.close();
    },
  };
}

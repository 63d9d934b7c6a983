import type { Database } from '@trainyard/database';
import type { ObjectStore } from '@trainyard/object-store';
import type { LogLevel } from '@trainyard/protocol';
import type { AttemptOrder, OrderOf, Report, Workplace } from '../messages.js';
import { Journal } from './records/journal.js';
import { Logbook } from './records/logbook.js';
import { Phases } from './records/phases.js';
import type { Resources } from './resources.js';
import type { Wishes } from './wishes.js';

/** What the stages of an attempt share. */
export interface Attempt<Order extends AttemptOrder = OrderOf<'train'>> {
  readonly order: Order;
  readonly workplace: Workplace;
  readonly database: Database;
  readonly store: ObjectStore;
  readonly wishes: Wishes;
  readonly journal: Journal;
  readonly phases: Phases;
  readonly log: (level: LogLevel, message: string) => void;
  /** Tells the supervisor what is newest. */
  readonly report: (report: Report) => void;
  close(): Promise<void>;
}

/**
 * Begins an attempt with what its process has opened. It takes the database with it when it closes.
 *
 * @throws ObjectStoreAccessError when the store cannot be used as configured.
 */
export async function openAttempt<Order extends AttemptOrder>(order: Order, resources: Resources, wishes: Wishes, report: (report: Report) => void): Promise<Attempt<Order>> {
  const { workplace, database } = resources;
  const store = await resources.store;
  const journal = new Journal((error) => wishes.fail(error));
  const phases = new Phases(database, order.ref, journal);
  const logbook = new Logbook(database, order.ref, journal);
  return {
    ...{ order, workplace, database, store, wishes, journal, phases, report },
    log: (level, message) => logbook.write(level, message),
    close: async () => {
      phases.close();
      wishes.close();
      await database.close();
    },
  };
}

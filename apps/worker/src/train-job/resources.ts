import { openDatabase, type Database } from '@trainyard/database';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import type { Workplace } from '../messages.js';

/** What a training process opens of its workplace, before it knows of a job. */
export interface Resources {
  readonly workplace: Workplace;
  readonly database: Database;
  /** Rejects with an ObjectStoreAccessError when the store cannot be used as configured. */
  readonly store: Promise<ObjectStore>;
}

export function openResources(workplace: Workplace): Resources {
  const { databaseUrl, storage } = workplace;
  const store = openObjectStore(storage.url, storage.s3);
  store.catch(() => undefined); // for the attempt to meet
  return { workplace, database: openDatabase(databaseUrl, { maxConnections: 3 }), store };
}

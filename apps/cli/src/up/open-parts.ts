import type { Database } from '@trainyard/database';
import type { ObjectStore } from '@trainyard/object-store';
import type { CliEnv } from '../env.js';
import { messageOf, UserError } from '../user-error.js';

/**
 * The database and the object storage that the environment names.
 *
 * @throws UserError when one of them is not named, or the storage cannot be used.
 */
export async function openParts({ databaseUrl, objectStoreUrl, s3 }: CliEnv): Promise<{ database: Database; store: ObjectStore }> {
  if (databaseUrl === undefined || objectStoreUrl === undefined) throw new UserError('Set DATABASE_URL and OBJECT_STORE_URL (and S3_…) to those that the API uses.');
  const [{ openDatabase }, { openObjectStore }] = await Promise.all([import('@trainyard/database'), import('@trainyard/object-store')]);
  const store = await openObjectStore(objectStoreUrl, s3).catch((error: unknown) => {
    throw new UserError(`The object storage cannot be used: ${messageOf(error)}`);
  });
  return { database: openDatabase(databaseUrl, { maxConnections: 2 }), store };
}

import type { CliEnv } from '../env.js';
import { createApiKey, migrate } from '../up/database-setup.js';
import { prepareStorage } from '../up/storage-setup.js';
import { UserError } from '../user-error.js';

/** `trainyard prepare`: brings the database of DATABASE_URL up to date and makes the bucket. Safe to run again, and from several machines. */
export async function prepare(env: CliEnv, print: (line: string) => void): Promise<void> {
  await migrate(databaseOf(env));
  print('The database is up to date.');
  await prepareStorage(env);
  if (env.objectStoreUrl?.startsWith('s3:') === true) print(`The bucket of ${env.objectStoreUrl} is there.`);
}

/** `trainyard create-key`: makes an API key in the database itself, where there is no key yet to ask the API with. */
export async function createKey(env: CliEnv, options: { project: string; name: string }, print: (line: string) => void): Promise<void> {
  print(await createApiKey(databaseOf(env), options));
}

function databaseOf(env: CliEnv): string {
  if (env.databaseUrl === undefined) throw new UserError('Set DATABASE_URL to the database that the API uses.');
  return env.databaseUrl;
}

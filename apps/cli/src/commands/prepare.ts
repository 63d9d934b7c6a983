import type { CliEnv } from '../env.js';
import { createApiKey, migrate } from '../up/database-setup.js';
import { prepareStorage } from '../up/storage-setup.js';
import { toJson } from '../terminal/output.js';
import { UserError } from '../user-error.js';

/** `trainyard prepare`: brings the database of DATABASE_URL up to date and makes the bucket. Safe to run again, and from several machines. */
export async function prepare(env: CliEnv, { json = false }: { json?: boolean }, print: (line: string) => void): Promise<void> {
  await migrate(databaseOf(env));
  if (!json) print('The database is up to date.');
  await prepareStorage(env);
  const hasBucket = env.objectStoreUrl?.startsWith('s3:') === true;
  if (json) return print(toJson({ database: 'up_to_date', bucket: hasBucket ? env.objectStoreUrl : null }));
  if (hasBucket) print(`The bucket of ${env.objectStoreUrl} is there.`);
}

/** `trainyard create-key`: makes an API key in the database itself, where there is no key yet to ask the API with. */
export async function createKey(env: CliEnv, { project, name, json = false }: { project: string; name: string; json?: boolean }, print: (line: string) => void): Promise<void> {
  const key = await createApiKey(databaseOf(env), { project, name });
  print(json ? toJson({ project, name, api_key: key }) : key);
}

function databaseOf(env: CliEnv): string {
  if (env.databaseUrl === undefined) throw new UserError('Set DATABASE_URL to the database that the API uses.');
  return env.databaseUrl;
}

import type * as databasePackage from '@trainyard/database';
import type { Database } from '@trainyard/database';
import { readStoredKey } from '../credentials.js';
import { UserError, messageOf } from '../user-error.js';

/** The project of keys that name none. */
export const defaultProject = 'default';

/** Loaded when it is needed: Prisma takes a tenth of a second, which `trainyard ps` should not. */
const loadDatabase = (): Promise<typeof databasePackage> => import('@trainyard/database');

/** Begins to load what the functions below need, while the database server starts. */
export function preloadDatabase(): void {
  loadDatabase().catch(() => {}); // whoever needs it meets the same error
}

/**
 * Brings the schema of the database up to date.
 *
 * @throws UserError when the database cannot be reached or a migration failed.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const { deployMigrations } = await loadDatabase();
  try {
    await deployMigrations(databaseUrl);
  } catch (error) {
    throw new UserError(`The database at ${withoutPassword(databaseUrl)} could not be brought up to date: ${messageOf(error)}`);
  }
}

export interface LocalKey {
  readonly key: string;
  readonly isNew: boolean;
}

/** The key of an earlier `trainyard up` where the database still knows it, else a new one that may do everything. */
export async function ensureApiKey(databaseUrl: string, credentialsFile: string): Promise<LocalKey> {
  const { authenticate, openDatabase } = await loadDatabase();
  const stored = await readStoredKey(credentialsFile);
  const database = openDatabase(databaseUrl, { maxConnections: 1 });
  try {
    if (stored !== undefined && (await authenticate(database, stored)) !== undefined) return { key: stored, isNew: false };
    return { key: await makeKey(database, { project: defaultProject, name: 'trainyard up' }), isNew: true };
  } finally {
    await database.close();
  }
}

/** Makes a key that may do everything in its project, which is made too when there is none of that name. */
export async function createApiKey(databaseUrl: string, options: { readonly project: string; readonly name: string }): Promise<string> {
  const { openDatabase } = await loadDatabase();
  const database = openDatabase(databaseUrl, { maxConnections: 1 });
  try {
    return await makeKey(database, options);
  } finally {
    await database.close();
  }
}

async function makeKey(database: Database, { project, name }: { readonly project: string; readonly name: string }): Promise<string> {
  const { createKey, ensureProject } = await loadDatabase();
  const { id } = await ensureProject(database, project);
  const { secret } = await createKey(database, { projectId: id, name, scopes: ['read', 'train', 'predict', 'admin'] });
  return secret;
}

/** The URL as it may be shown. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password !== '') parsed.password = '***';
    return parsed.href;
  } catch {
    return url;
  }
}

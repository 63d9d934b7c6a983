import { readStoredKey } from '../credentials.js';
import { UserError, messageOf } from '../user-error.js';

/** The project that the key of `trainyard up` belongs to. */
const projectName = 'default';
const keyName = 'trainyard up';

/** Loaded when it is needed: Prisma takes a tenth of a second, which `trainyard ps` should not. */
const loadDatabase = (): Promise<typeof import('@trainyard/database')> => import('@trainyard/database');

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
  const { authenticate, createKey, ensureProject, openDatabase } = await loadDatabase();
  const database = openDatabase(databaseUrl, { maxConnections: 1 });
  try {
    const stored = await readStoredKey(credentialsFile);
    if (stored !== undefined && (await authenticate(database, stored)) !== undefined) return { key: stored, isNew: false };
    const project = await ensureProject(database, projectName);
    const { secret } = await createKey(database, { projectId: project.id, name: keyName, scopes: ['read', 'train', 'predict', 'admin'] });
    return { key: secret, isNew: true };
  } finally {
    await database.close();
  }
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

import { MigrationAdapter } from './migration-adapter.js';
import { defaultMigrationsFolder, readMigrations } from './migrations-folder.js';
import { withSchemaEngine } from './schema-engine.js';

// The engine learns from it which kind of database it has to do with; what tables there are it takes from the migrations.
const schema = { path: 'schema.prisma', content: 'datasource db {\n  provider = "postgresql"\n}\n' };
const filters = { externalTables: [], externalEnums: [] };

/**
 * Applies the migrations that the database lacks, and answers their names. Safe to run from several processes at once:
 * the engine holds an advisory lock.
 *
 * @throws Error (P3009) while a migration that failed is not resolved, or when the database cannot be reached.
 */
export async function deployMigrations(url: string, folder: string = defaultMigrationsFolder): Promise<string[]> {
  const migrationsList = await readMigrations(folder);
  const { appliedMigrationNames } = await withSchemaEngine(MigrationAdapter.forUrl(url), schema, (engine) =>
    engine.applyMigrations({ migrationsList, filters }),
  );
  return appliedMigrationNames;
}

import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';

/** What came of asking a shadow. */
export type ShadowOutcome =
  | { readonly kind: 'equal' | 'different'; /** The largest difference between two numbers; null where none can be told. */ readonly maxDifference: number | null }
  | { readonly kind: 'failed' | 'skipped' };

/** Adds to what a version's shadow has come to. One that is gone counts nothing. */
export async function countShadow(database: Database, { projectId, name, version }: { projectId: string; name: string; version: number }, outcome: ShadowOutcome): Promise<void> {
  const { kind } = outcome;
  const difference = 'maxDifference' in outcome ? outcome.maxDifference : null;
  const add = (counted: boolean): Prisma.Sql => (counted ? Prisma.sql`1` : Prisma.sql`0`);
  await database.run((client) =>
    client.$executeRaw(Prisma.sql`
      UPDATE alias_versions SET
        shadow_asked = shadow_asked + ${add(kind !== 'skipped')}, shadow_different = shadow_different + ${add(kind === 'different')},
        shadow_failed = shadow_failed + ${add(kind === 'failed')}, shadow_skipped = shadow_skipped + ${add(kind === 'skipped')},
        shadow_max_difference = greatest(shadow_max_difference, ${difference}::float8)
      WHERE project_id = ${projectId} AND name = ${name} AND version = ${version}`),
  );
}

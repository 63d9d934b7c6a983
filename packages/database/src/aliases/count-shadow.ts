import type { ShadowReport } from '@trainyard/protocol';
import type { Database } from '../database.js';

/** Which version of an alias. */
export interface AliasVersionRef {
  readonly projectId: string;
  readonly name: string;
  readonly version: number;
}

/** Adds to what a version's shadow has come to. One that is gone counts nothing. */
export async function countShadow(database: Database, { projectId, name, version }: AliasVersionRef, { asked, different, failed, skipped, max_difference }: ShadowReport): Promise<void> {
  await database.run((client) =>
    client.$executeRaw`
      UPDATE alias_versions SET
        shadow_asked = shadow_asked + ${asked}, shadow_different = shadow_different + ${different},
        shadow_failed = shadow_failed + ${failed}, shadow_skipped = shadow_skipped + ${skipped},
        shadow_max_difference = greatest(shadow_max_difference, ${max_difference}::float8)
      WHERE project_id = ${projectId} AND name = ${name} AND version = ${version}`,
  );
}

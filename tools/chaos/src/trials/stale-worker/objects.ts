import type { ObjectStore } from '@trainyard/object-store';
import type { Connection } from '../../site/connection.js';

/** Objects of a job by key, each with what changes when its content does. */
export async function listObjects(store: ObjectStore, sql: Connection, job: string): Promise<Map<string, string>> {
  const { project } = await sql.row<{ project: string }>('SELECT project_id AS project FROM jobs WHERE id = $1', [job]);
  const objects = new Map<string, string>();
  for await (const { key, etag } of store.list(`projects/${project}/jobs/${job}/`)) objects.set(key, etag);
  return objects;
}

/** Checkpoints and snapshots that are not what they were, in words. Logs grow, and what newer ones have replaced may be gone. */
export function changedObjects(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].filter(([key, etag]) => /\/(checkpoints|snapshots)\//.test(key) && after.has(key) && after.get(key) !== etag).map(([key]) => `${key} has been overwritten`);
}

/** Files of checkpoints and snapshots that no row knows of. */
export async function findOrphans(sql: Connection, job: string, objects: ReadonlyMap<string, string>): Promise<string[]> {
  const rows = await sql.rows<{ key: string | null }>(
    `SELECT key FROM checkpoints WHERE job_id = $1 UNION SELECT snapshot ->> 'key' FROM jobs WHERE id = $1 UNION SELECT previous_snapshot ->> 'key' FROM jobs WHERE id = $1`,
    [job],
  );
  const known = new Set(rows.map(({ key }) => key));
  return [...objects.keys()].filter((key) => /\/(checkpoints|snapshots)\//.test(key) && !known.has(key));
}

import type { Database } from '../database.js';

/** Of these projects, those that are there. */
export async function findProjects(database: Database, ids: readonly string[]): Promise<Set<string>> {
  const rows = await database.run((client) => client.project.findMany({ where: { id: { in: [...ids] } }, select: { id: true } }));
  return new Set(rows.map(({ id }) => id));
}

interface Named {
  readonly id: string;
  readonly keys: string[];
}

/**
 * Of these jobs, those that are there, each with the keys of the objects that rows name: checkpoints, both snapshots, predictions and
 * their parts, what was learnt of the data, what other jobs work from, and what aliases refer to.
 */
export async function objectsOfJobs(database: Database, ids: readonly string[]): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await database.run((client) =>
    client.$queryRaw<Named[]>`
      SELECT id, array_remove(ARRAY[data_key, snapshot->>'key', previous_snapshot->>'key', result->>'key']
        || ARRAY(SELECT key FROM checkpoints WHERE job_id = jobs.id)
        || ARRAY(SELECT key FROM prediction_parts WHERE job_id = jobs.id)
        || ARRAY(SELECT object_uses.key FROM object_uses JOIN jobs AS users ON users.id = object_uses.job_id
                 WHERE owner_id = jobs.id AND users.status IN ('queued', 'running', 'paused'))
        || ARRAY(SELECT key FROM alias_targets WHERE job_id = jobs.id), NULL) AS keys
      FROM jobs WHERE id = ANY(${[...ids]})`,
  );
  return toMap(rows);
}

/** Of these datasets, those that are there, each with the key of what its scan found. */
export async function objectsOfDatasets(database: Database, ids: readonly string[]): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await database.run((client) =>
    client.$queryRaw<Named[]>`SELECT id, array_remove(ARRAY[state_key], NULL) AS keys FROM datasets WHERE id = ANY(${[...ids]})`,
  );
  return toMap(rows);
}

/** Of these copies of files, those that aliases refer to, by the ids that they have as checkpoints. */
export async function objectsOfModels(database: Database, ids: readonly string[]): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await database.run((client) =>
    client.$queryRaw<Named[]>`SELECT checkpoint_id AS id, array_agg(key) AS keys FROM alias_targets WHERE job_id IS NULL AND checkpoint_id = ANY(${[...ids]}) GROUP BY 1`,
  );
  return toMap(rows);
}

const toMap = (rows: readonly Named[]): Map<string, ReadonlySet<string>> => new Map(rows.map(({ id, keys }) => [id, new Set(keys)]));

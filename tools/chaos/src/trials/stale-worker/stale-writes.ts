import type { Connection } from '../../site/connection.js';

interface Written {
  readonly what: string;
  readonly attempt: number;
  readonly rows: number;
}

/** Rows that an attempt has written after a later one had begun, in words. */
export async function findStaleRows(sql: Connection, job: string): Promise<string[]> {
  const of = (table: string, what: string): string => `
    SELECT '${what}' AS what, attempt, count(*)::int AS rows FROM ${table} written
    WHERE job_id = $1 AND EXISTS (SELECT 1 FROM attempts later WHERE later.job_id = $1 AND later.number > written.attempt AND later.started_at < written.created_at)
    GROUP BY attempt`;
  const found = await sql.rows<Written>([of('history_rows', 'rows of the History'), of('events', 'events'), of('checkpoints', 'checkpoints')].join(' UNION ALL '), [job]);
  return found.map(({ what, attempt, rows }) => `${rows} ${what} of attempt ${attempt}, written after a later attempt had begun`);
}

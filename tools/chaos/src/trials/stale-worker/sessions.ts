import type { Connection } from '../../site/connection.js';

interface Session {
  readonly state: string;
  readonly waits: string | null;
  readonly seconds: number;
  readonly blockedBy: string;
  readonly query: string;
  readonly pid: number;
}

/** Sessions of the database that are in a transaction, in words: who holds what others wait for. */
export async function describeSessions(sql: Connection): Promise<string> {
  const sessions = await sql.rows<Session>(
    `SELECT pid, state, wait_event AS waits, extract(epoch FROM now() - xact_start)::float8 AS seconds, pg_blocking_pids(pid)::text AS "blockedBy", left(regexp_replace(query, '\\s+', ' ', 'g'), 120) AS query
     FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start`,
  );
  return `sessions in a transaction: ${sessions.map(({ pid, state, waits, seconds, blockedBy, query }) => `${pid} ${state} for ${seconds.toFixed(1)} s, waits for ${waits}, blocked by ${blockedBy}: ${query}`).join('; ') || 'none'}`;
}

/** Whether somebody's transaction holds a job's row, so that nobody else can claim or end its attempt. */
export async function isHeld(sql: Connection, job: string): Promise<boolean> {
  try {
    await sql.rows('SELECT 1 FROM jobs WHERE id = $1 FOR UPDATE NOWAIT', [job]);
    return false;
  } catch (error) {
    if ((error as { code?: unknown }).code === '55P03') return true;
    throw error;
  }
}

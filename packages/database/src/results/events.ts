import type { EventData, EventType, JobEvent, LogLine, NewEvent } from '@trainyard/protocol';
import { ofAttempt, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database, Transaction } from '../database.js';
import { FencedError } from '../errors.js';
import { Prisma } from '../generated/client.js';

/**
 * A statement that changes a job's row, numbers events of it and stores them. The row keeps the last number and stays locked
 * until the transaction ends, so numbers have no gaps, and a reader that has seen number n has seen all before it.
 *
 * @param change what is set besides (`phase = …, `).
 * @param where picks the job's row, or none: then nothing is stored.
 */
export function eventsSql({ jobId, attempt }: AttemptRef, events: readonly NewEvent[], { change = Prisma.empty, where }: { change?: Prisma.Sql; where: Prisma.Sql }): Prisma.Sql {
  const types = events.map(({ type }) => type);
  // As texts, not as one JSON array: taking one apart resolves its escapes, and Postgres has no \u0000.
  const data = events.map((event) => JSON.stringify(event.data));
  return Prisma.sql`
    WITH job AS (UPDATE jobs SET ${change} event_seq = event_seq + ${events.length} WHERE ${where} RETURNING event_seq)
    INSERT INTO events (job_id, seq, attempt, type, data)
    SELECT ${jobId}, job.event_seq - ${events.length} + event.number::int, ${attempt}::int, event.type, event.data::json
    FROM job, unnest(${types}::text[], ${data}::text[]) WITH ORDINALITY AS event (type, data, number)`;
}

/** Numbers events and stores them. */
export async function appendEventsUnfenced(
  transaction: Transaction,
  jobId: string,
  attempt: number,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length > 0) await transaction.$executeRaw(eventsSql({ jobId, attempt }, events, { where: Prisma.sql`id = ${jobId}` }));
}

/**
 * Stores events of an attempt, log lines for instance.
 *
 * @throws FencedError
 */
export async function appendEvents(database: Database, ref: AttemptRef, events: readonly NewEvent[]): Promise<void> {
  await changeAttempt(database, ref, events);
}

/**
 * Changes the row of the attempt's job and stores events of it: one statement, so one way to the database and back.
 *
 * @param change what is set (`phase = …, `).
 * @throws FencedError
 */
export async function changeAttempt(database: Database, ref: AttemptRef, events: readonly NewEvent[], change?: Prisma.Sql): Promise<void> {
  if (events.length === 0) return;
  const stored = await database.run((client) => client.$executeRaw(eventsSql(ref, events, { ...(change && { change }), where: ofAttempt(ref) })));
  if (stored === 0) throw new FencedError(ref.jobId, ref.attempt);
}

export interface ListEvents {
  /** Events with a higher number. */
  readonly after: number;
  readonly limit: number;
  readonly types?: readonly EventType[];
}

/** Events of a job by number. */
export async function listEvents(database: Database, jobId: string, query: ListEvents): Promise<JobEvent[]> {
  const { after, limit, types } = query;
  const rows = await database.run((client) =>
    client.event.findMany({
      where: { jobId, seq: { gt: after }, ...(types === undefined ? {} : { type: { in: [...types] } }) },
      orderBy: { seq: 'asc' },
      take: limit,
    }),
  );
  return rows.map(
    (row) =>
      ({
        object: 'event',
        job: row.jobId,
        seq: row.seq,
        attempt: row.attempt,
        type: row.type,
        created_at: row.createdAt.toISOString(),
        data: row.data,
      }) as unknown as JobEvent,
  );
}

/** The log lines among the events. */
export async function listLogs(database: Database, jobId: string, query: Omit<ListEvents, 'types'>): Promise<LogLine[]> {
  const events = await listEvents(database, jobId, { ...query, types: ['log'] });
  return events.map(({ seq, attempt, created_at, data }) => ({ seq, attempt, created_at, ...(data as EventData<'log'>) }));
}

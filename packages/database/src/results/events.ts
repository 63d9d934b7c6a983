import type { EventData, EventType, JobEvent, LogLine, NewEvent } from '@trainyard/protocol';
import { holdAttemptToChange, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database, Transaction } from '../database.js';
import { jsonInput } from '../json-input.js';

/**
 * Numbers events and stores them. The job's row keeps the last number and stays locked until the transaction ends, so
 * numbers have no gaps, and a reader that has seen number n has seen all before it.
 */
export async function appendEventsUnfenced(
  transaction: Transaction,
  jobId: string,
  attempt: number,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const { eventSeq } = await transaction.job.update({
    where: { id: jobId },
    data: { eventSeq: { increment: events.length } },
    select: { eventSeq: true },
  });
  const first = eventSeq - events.length + 1;
  await transaction.event.createMany({
    data: events.map(({ type, data }, index) => ({ jobId, seq: first + index, attempt, type, data: jsonInput(data) })),
  });
}

/**
 * Stores events of an attempt, log lines for instance.
 *
 * @throws FencedError
 */
export async function appendEvents(database: Database, ref: AttemptRef, events: readonly NewEvent[]): Promise<void> {
  await database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    await appendEventsUnfenced(transaction, ref.jobId, ref.attempt, events);
  });
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

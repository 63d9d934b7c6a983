import type { EventData, EventType } from '@trainyard/protocol';
import type { Connection } from '../site/connection.js';

/** An event as the database has it. */
export interface EventRow {
  readonly seq: number;
  readonly attempt: number;
  readonly type: EventType;
  readonly data: unknown;
}

export const readEvents = (sql: Connection, id: string): Promise<EventRow[]> => sql.rows<EventRow>('SELECT seq, attempt, type, data FROM events WHERE job_id = $1 ORDER BY seq', [id]);

/**
 * What is wrong with a job's events, in words: a gap in their numbers, one of an attempt after one of a later attempt, an
 * epoch that was told twice, or none, once what a `rewound` takes back is left out.
 */
export function faultsOfEvents(events: readonly EventRow[], firstEpoch = 0): string[] {
  const faults: string[] = [];
  const epochs: number[] = [];
  let attempt = 0;
  for (const [i, event] of events.entries()) {
    if (event.seq !== i + 1) faults.push(`event ${event.seq} where ${i + 1} was due`);
    if (event.attempt < attempt) faults.push(`event ${event.seq} (${event.type}) is of attempt ${event.attempt}, after one of attempt ${attempt}`);
    attempt = Math.max(attempt, event.attempt);
    if (event.type === 'rewound') {
      const { epoch } = event.data as EventData<'rewound'>;
      while ((epochs.at(-1) ?? -1) >= epoch) epochs.pop();
    } else if (event.type === 'metrics') epochs.push((event.data as EventData<'metrics'>).epoch);
  }
  const wrong = epochs.findIndex((epoch, i) => epoch !== firstEpoch + i);
  if (wrong >= 0) faults.push(`the events tell of epoch ${epochs[wrong]} where ${firstEpoch + wrong} was due`);
  return faults;
}

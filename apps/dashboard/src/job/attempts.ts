import type { JobEvent } from '@trainyard/protocol';

/** One execution of a job by a worker, as its events tell it. */
export interface Attempt {
  readonly number: number;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  /** The step that it went on from; undefined for one that began anew. */
  readonly fromStep: number | undefined;
  /** The last step that its events name. */
  readonly toStep: number | undefined;
  /** `succeeded`, `queued: worker lost`, …; undefined while it runs. */
  readonly end: string | undefined;
}

/** The attempts that a job's events tell of, oldest first. */
export function attemptsOf(events: readonly JobEvent[]): Attempt[] {
  const attempts = new Map<number, Attempt>();
  const change = (number: number, changes: Partial<Attempt>): void => {
    const known = attempts.get(number);
    if (known !== undefined) attempts.set(number, { ...known, ...changes });
  };
  for (const event of events) {
    const { attempt: number, created_at: at } = event;
    if (event.type === 'status') {
      const { status, previous, reason, error } = event.data;
      if (status === 'running') attempts.set(number, { number, startedAt: at, endedAt: undefined, fromStep: undefined, toStep: undefined, end: undefined });
      else if (previous === 'running') change(number, { endedAt: at, end: [status, reason ?? error?.code].filter((text) => text !== undefined).join(': ') });
    } else if (event.type === 'rewound') change(number, { fromStep: event.data.step });
    else if (event.type === 'metrics' || event.type === 'checkpoint') change(number, { toStep: event.data.step });
  }
  return [...attempts.values()];
}

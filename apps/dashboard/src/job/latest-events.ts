import type { JobEvent } from '@trainyard/protocol';

/** Few, and without them a job's attempts cannot be told. */
const alwaysKept: ReadonlySet<JobEvent['type']> = new Set(['status', 'rewound'] as const);

/** The last so many events of a long job, and all that tell of its attempts. */
export function latestEvents(events: readonly JobEvent[], most: number): readonly JobEvent[] {
  if (events.length <= most) return events;
  const first = events.length - most;
  return events.filter(({ type }, index) => index >= first || alwaysKept.has(type));
}

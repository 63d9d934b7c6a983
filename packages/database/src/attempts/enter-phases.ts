import type { JobPhase } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';
import { changeAttempt } from '../results/events.js';
import type { AttemptRef } from './attempt-ref.js';

/**
 * Says what the attempt is doing: the phases that it has entered, in their order, with an event each.
 *
 * @throws FencedError
 */
export async function enterPhases(database: Database, ref: AttemptRef, phases: readonly JobPhase[]): Promise<void> {
  const events = phases.map((phase) => ({ type: 'phase' as const, data: { phase } }));
  await changeAttempt(database, ref, events, Prisma.sql`phase = ${phases.at(-1)},`);
}

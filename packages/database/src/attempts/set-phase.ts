import type { JobPhase } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { appendEventsUnfenced } from '../results/events.js';
import { holdAttemptToChange, type AttemptRef } from './attempt-ref.js';

/**
 * Says what the attempt is doing.
 *
 * @throws FencedError
 */
export async function setPhase(database: Database, ref: AttemptRef, phase: JobPhase): Promise<void> {
  await database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    await transaction.job.update({ where: { id: ref.jobId }, data: { phase }, select: { id: true } });
    await appendEventsUnfenced(transaction, ref.jobId, ref.attempt, [{ type: 'phase', data: { phase } }]);
  });
}

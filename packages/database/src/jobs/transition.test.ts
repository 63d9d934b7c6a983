import { canTransition, jobStatuses } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import { queuedJob, runningJob } from '../testing/example-job.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

test("the database allows the table's transitions and refuses every other one", async () => {
  const { sql, database } = scratch;
  const { id } = await queuedJob(database);
  for (const from of jobStatuses) {
    for (const to of jobStatuses) {
      if (from === to) continue;
      // The trigger is off while the job is put into the status to start from.
      await sql.query('ALTER TABLE jobs DISABLE TRIGGER USER');
      await sql.query('UPDATE jobs SET status = $1 WHERE id = $2', [from, id]);
      await sql.query('ALTER TABLE jobs ENABLE TRIGGER USER');
      const change = sql.query(`UPDATE jobs SET status = $1, attempt = attempt + ${from === 'queued' && to === 'running' ? 1 : 0} WHERE id = $2`, [to, id]);
      const allowed = await change.then(
        () => true,
        (error: Error) => {
          expect(error.message).toContain(`no transition leads from ${from} to ${to}`);
          return false;
        },
      );
      expect({ from, to, allowed }).toEqual({ from, to, allowed: canTransition(from, to) });
    }
  }
});

test('the database refuses an attempt that does not follow the last one, or comes without a claim', async () => {
  const { sql, database } = scratch;
  const queued = await queuedJob(database);
  await expect(sql.query("UPDATE jobs SET status = 'running', attempt = 2 WHERE id = $1", [queued.id])).rejects.toThrow(/cannot follow/);
  const { jobId } = await runningJob(database);
  await expect(sql.query('UPDATE jobs SET attempt = 2 WHERE id = $1', [jobId])).rejects.toThrow(/only a claim/);
});

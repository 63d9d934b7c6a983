import type { Site } from '../../site/site.js';

interface Outcome {
  readonly id: string;
  /** Rows of the History as text, in their order. */
  readonly history: string | null;
  readonly finals: number;
  readonly status: string;
}

/** Jobs that have succeeded and come to something else than the undisturbed one, in words. */
export async function findIncomplete(site: Site, undisturbed: string, ids: readonly string[]): Promise<string[]> {
  const outcomes = await site.sql.rows<Outcome>(
    `SELECT id, status, (SELECT string_agg(epoch || ' ' || metrics::text, ' ' ORDER BY epoch) FROM history_rows WHERE job_id = jobs.id) AS history,
       (SELECT count(*)::int FROM checkpoints WHERE job_id = jobs.id AND final) AS finals FROM jobs WHERE id = ANY($1)`,
    [[...ids, undisturbed]],
  );
  const expected = outcomes.find(({ id }) => id === undisturbed);
  return outcomes
    .filter(({ status, history, finals }) => status === 'succeeded' && (history !== expected?.history || finals !== 1))
    .map(({ id, history, finals }) => `${id}: expected the History ${expected?.history} and one final checkpoint, found ${history} and ${finals}`);
}

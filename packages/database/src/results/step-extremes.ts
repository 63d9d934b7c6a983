import type { Transaction } from '../database.js';
import { Prisma } from '../generated/client.js';

/*
 * Of each block of steps the smallest and the largest value of each metric are kept beside the rows, so that a curve of a million
 * steps is drawn from some thousands of blocks. They are written with the rows, and go back with them.
 */

/** Steps of a block: block `b` has those from `b · blockSteps` on. */
export const blockSteps = 256;

/**
 * The part of a statement that brings the extremes of blocks up to date with rows that have just come.
 *
 * @param rows a relation with `job_id`, `step` and `metrics`
 */
export function addToExtremes(rows: Prisma.Sql): Prisma.Sql {
  // In the order of their keys: two that write at once then wait for each other, and not in a circle.
  return Prisma.sql`
    INSERT INTO metric_extremes AS known (job_id, key, block, low, low_step, high, high_step)
    SELECT job_id, key, block, low[1], low[2]::int, high[1], -high[2]::int
    FROM (SELECT job_id, metric.key, step / ${blockSteps}::int AS block,
            min(ARRAY[metric.value::float8, step]) AS low, max(ARRAY[metric.value::float8, -step]) AS high
          FROM ${rows}, json_each_text(metrics) AS metric
          WHERE metric.value IS NOT NULL
          GROUP BY job_id, metric.key, block
          ORDER BY metric.key, block) AS extremes
    ON CONFLICT (job_id, key, block) DO UPDATE SET
      low_step = CASE WHEN (EXCLUDED.low, EXCLUDED.low_step) < (known.low, known.low_step) THEN EXCLUDED.low_step ELSE known.low_step END,
      low = LEAST(known.low, EXCLUDED.low),
      high_step = CASE WHEN (EXCLUDED.high, -EXCLUDED.high_step) > (known.high, -known.high_step) THEN EXCLUDED.high_step ELSE known.high_step END,
      high = GREATEST(known.high, EXCLUDED.high)`;
}

/** After the rows beyond a step have been deleted. */
export async function rewindExtremes(transaction: Transaction, jobId: string, step: number): Promise<void> {
  const block = Math.floor((step + 1) / blockSteps);
  await transaction.$executeRaw`DELETE FROM metric_extremes WHERE job_id = ${jobId} AND block >= ${block}`;
  await transaction.$executeRaw(addToExtremes(Prisma.sql`(SELECT * FROM metric_rows WHERE job_id = ${jobId} AND step >= ${block * blockSteps}::int) AS kept`));
}

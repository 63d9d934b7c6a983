import type { Delivery } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';

export interface DueDelivery extends Delivery {
  readonly priority: number;
}

/**
 * Queued jobs whose attempt was never put on the queue (it was away), or so long ago that the delivery may be lost. Of
 * one that still waits there the queue keeps only one, so asking too often does no harm.
 */
export async function findDueDeliveries(database: Database, redeliverAfterMs: number, limit = 1000): Promise<DueDelivery[]> {
  return database.run((client) =>
    client.$queryRaw<DueDelivery[]>`
      SELECT id AS job, attempt + 1 AS attempt, priority FROM jobs
      WHERE status = 'queued'
        AND (delivered_attempt <> attempt + 1 OR delivered_at < now() - ${redeliverAfterMs} * interval '1 millisecond')
      ORDER BY priority DESC, queued_at LIMIT ${limit}`,
  );
}

/** Notes that these attempts were put on the queue just now. */
export async function markDelivered(database: Database, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const pairs = Prisma.join(deliveries.map(({ job, attempt }) => Prisma.sql`(${job}, ${attempt}::int)`));
  await database.run((client) =>
    client.$executeRaw`
      UPDATE jobs SET delivered_attempt = delivery.attempt, delivered_at = now()
      FROM (VALUES ${pairs}) AS delivery (job, attempt)
      WHERE jobs.id = delivery.job AND jobs.attempt + 1 = delivery.attempt`,
  );
}

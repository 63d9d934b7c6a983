import { createHash } from 'node:crypto';
import type { IdempotencyUse } from '@trainyard/database';
import { z } from 'zod';

export const IdempotencyHeaders = z.looseObject({
  'idempotency-key': z.string().min(1).max(255).optional().meta({ description: 'Repeating a request with the same key and body within 24 hours answers the same resource' }),
});

/** The client's key, with a hash of the body that it came with. */
export function idempotencyOf(key: string | undefined, body: unknown): IdempotencyUse | undefined {
  if (key === undefined) return undefined;
  return { key, bodyHash: createHash('sha256').update(JSON.stringify(body) ?? '').digest('hex') };
}

import { z } from 'zod';
import { Timestamp } from './job/job.js';
import { KeyId } from './ids.js';

/** What a key allows. `admin` includes the others, and managing keys. */
export const scopes = ['read', 'train', 'predict', 'admin'] as const;
export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;

export const KeyBody = z.strictObject({
  name: z.string().min(1).max(200),
  scopes: z.array(Scope).min(1).default(['read', 'train', 'predict']),
});

export const KeyResource = z
  .object({
    id: KeyId,
    object: z.literal('key'),
    name: z.string(),
    scopes: z.array(Scope),
    created_at: Timestamp,
    last_used_at: Timestamp.nullable(),
  })
  .meta({ id: 'Key' });
export type KeyResource = z.infer<typeof KeyResource>;

/** The answer to creating a key: the only time that the key itself is shown. */
export const NewKeyResource = KeyResource.extend({ key: z.string() }).meta({ id: 'NewKey' });
export type NewKeyResource = z.infer<typeof NewKeyResource>;

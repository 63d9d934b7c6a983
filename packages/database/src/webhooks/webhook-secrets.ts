import { randomBytes } from 'node:crypto';
import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';

/** What a project's webhook deliveries are signed with. */
export interface WebhookSecrets {
  /** `whsec_` and 32 bytes in base64, as Standard Webhooks writes it. */
  readonly secret: string;
  /** The one before, while it signs as well: receivers need not change theirs at the very moment. */
  readonly previous: { readonly secret: string; readonly expiresAt: Date } | null;
}

/** How long a secret that was replaced still signs. */
const overlap = Prisma.sql`interval '24 hours'`;

/** Of a row of `projects`: the replaced secret that still signs, and until when; both null when there is none. */
export const previousSecretSql = Prisma.sql`
  CASE WHEN projects.webhook_secret_changed_at > now() - ${overlap} THEN projects.previous_webhook_secret END AS "previousSecret",
  CASE WHEN projects.webhook_secret_changed_at > now() - ${overlap} AND projects.previous_webhook_secret IS NOT NULL THEN projects.webhook_secret_changed_at + ${overlap} END AS "previousExpiresAt"`;

interface Row {
  readonly secret: string;
  readonly previousSecret: string | null;
  readonly previousExpiresAt: Date | null;
}

export async function findWebhookSecrets(database: Database, projectId: string): Promise<WebhookSecrets> {
  const rows = await database.run((client) =>
    client.$queryRaw<Row[]>(Prisma.sql`SELECT webhook_secret AS secret, ${previousSecretSql} FROM projects WHERE id = ${projectId}`),
  );
  return toSecrets(rows);
}

/** Gives the project a new secret. The one that it had signs as well for a day. */
export async function changeWebhookSecret(database: Database, projectId: string): Promise<WebhookSecrets> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const rows = await database.run((client) =>
    client.$queryRaw<Row[]>(Prisma.sql`
      UPDATE projects SET previous_webhook_secret = webhook_secret, webhook_secret = ${secret}, webhook_secret_changed_at = now()
      WHERE id = ${projectId} RETURNING webhook_secret AS secret, ${previousSecretSql}`),
  );
  return toSecrets(rows);
}

function toSecrets([row]: readonly Row[]): WebhookSecrets {
  if (row === undefined) throw new Error('the project is gone');
  const { secret, previousSecret, previousExpiresAt } = row;
  return { secret, previous: previousSecret === null || previousExpiresAt === null ? null : { secret: previousSecret, expiresAt: previousExpiresAt } };
}

import type { WebhookSecretResource } from '@trainyard/protocol';
import type { Http } from './http.js';

/** `/v1/webhook-secret`: what the project's webhooks are signed with, for admin keys. */
export class WebhookSecret {
  constructor(private readonly http: Http) {}

  get(): Promise<WebhookSecretResource> {
    return this.http.json('/v1/webhook-secret');
  }

  /** Changes it. The one before signs as well for a day, so that receivers can follow. */
  change(): Promise<WebhookSecretResource> {
    return this.http.json('/v1/webhook-secret/change', { method: 'POST', json: {} });
  }
}

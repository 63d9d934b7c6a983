import type { KeyResource, List, NewKeyResource, Scope } from '@trainyard/protocol';
import type { Http } from './http.js';

/** `/v1/keys`: the project's API keys, for admin keys. */
export class Keys {
  constructor(private readonly http: Http) {}

  /** Makes a key; `key` of the answer is shown this once. */
  create(body: { name: string; scopes?: Scope[] }): Promise<NewKeyResource> {
    return this.http.json('/v1/keys', { method: 'POST', json: body });
  }

  list(): Promise<List<KeyResource>> {
    return this.http.json('/v1/keys');
  }

  async delete(id: string): Promise<void> {
    await this.http.send(`/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }
}

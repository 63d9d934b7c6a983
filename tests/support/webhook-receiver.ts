import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookPayload } from '@trainyard/protocol';
import { Webhook } from 'standardwebhooks';
import { waitFor } from './wait-for.js';

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a receiver answers: with a status, a body and headers, or never. */
export type Behaviour = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> } | 'hang' | 'break';

const ok: Behaviour = { status: 200, body: 'thanks' };

/** A user's server that webhooks are sent to. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly #behaviours = new Map<string, Behaviour[]>();

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  static async start(): Promise<WebhookReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WebhookReceiver(server);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  /** How the next requests for a path are answered, in turn; further ones with 200. */
  behave(path: string, ...behaviours: Behaviour[]): void {
    this.#behaviours.set(path, behaviours);
  }

  at(path: string): Received[] {
    return this.received.filter((request) => request.path === path);
  }

  /** The first so many requests for a path, once they are there. */
  async until(path: string, count: number): Promise<Received[]> {
    return waitFor(`${count} webhook deliveries at ${path}`, async () => (this.at(path).length >= count ? this.at(path).slice(0, count) : undefined));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part as string;
    this.received.push({ path, id: String(request.headers['webhook-id']), headers: request.headers, body });
    const behaviour = this.#behaviours.get(path)?.shift() ?? ok;
    if (behaviour === 'break') request.socket.destroy();
    else if (behaviour !== 'hang') response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
  }
}

/** What a delivery says, once Standard Webhooks' own library has found that it was signed with the secret. */
export function verified({ body, headers }: Received, secret: string): WebhookPayload {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as WebhookPayload;
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from './wait-for.js';

/** A span as it was received, with the service that sent it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' where there is none. */
  readonly parentSpanId: string;
  readonly name: string;
  /** Of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Whether it says that it did not come to a good end. */
  readonly failed: boolean;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string; readonly doubleValue?: number; readonly boolValue?: boolean };
}

interface OtlpSpan extends Omit<ReceivedSpan, 'service' | 'attributes' | 'failed'> {
  readonly attributes: OtlpAttribute[];
  readonly status: { readonly code?: number };
}

/** The body of an OTLP request, as JSON has it. */
interface OtlpTraces {
  readonly resourceSpans: readonly { readonly resource: { readonly attributes: OtlpAttribute[] }; readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

/** A server that spans are sent to, by OTLP as JSON over HTTP. */
export class TraceReceiver {
  readonly spans: ReceivedSpan[] = [];
  #hangs = false;

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#take(request, response));
  }

  static async start(): Promise<TraceReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TraceReceiver(server);
  }

  /** What has the processes of a stack send spans here, soon after they have ended. */
  get env(): Record<string, string> {
    const endpoint = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '50' };
  }

  /** Takes connections from now on, and answers nothing. */
  hang(): void {
    this.#hangs = true;
  }

  /** The spans of a trace, once there is one of each of these names. */
  async until(traceId: string, names: readonly string[]): Promise<ReceivedSpan[]> {
    const ofTrace = () => this.spans.filter((span) => span.traceId === traceId);
    return waitFor(`spans ${names.join(', ')}`, async () => (names.every((name) => ofTrace().some((span) => span.name === name)) ? ofTrace() : undefined), { patienceMs: 20_000 }).catch((error: Error) => {
      throw new Error(`${error.message}; there are ${ofTrace().map(({ name }) => name).join(', ')}`);
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#hangs) return;
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part as string;
    for (const { resource, scopeSpans } of (JSON.parse(body) as OtlpTraces).resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name']);
      for (const { name, kind, traceId, spanId, parentSpanId = '', attributes, status } of scopeSpans.flatMap(({ spans }) => spans))
        this.spans.push({ service, name, kind, traceId, spanId, parentSpanId, attributes: valuesOf(attributes), failed: status.code === 2 });
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }
}

const valuesOf = (attributes: readonly OtlpAttribute[]): ReceivedSpan['attributes'] =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? (value.intValue === undefined ? (value.doubleValue ?? value.boolValue ?? '') : Number(value.intValue))]));

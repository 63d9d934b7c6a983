import { HttpConnection, type HttpAnswer, wireOf } from './http-connection.js';

/** What is asked again and again. */
export interface LoadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface LoadOptions {
  /** Connections, each of which asks one thing after another. */
  readonly clients: number;
  /** Not counted; what was begun in them is awaited. */
  readonly warmUpSeconds: number;
  /** So long requests are begun, by each client one at least. */
  readonly seconds: number;
}

export interface Load {
  /** Of each request. */
  readonly ms: readonly number[];
  /** From the first request to the last answer. */
  readonly seconds: number;
}

/** @throws Error for an answer that is none of success. */
export async function runLoad(request: LoadRequest, { clients, warmUpSeconds, seconds }: LoadOptions): Promise<Load> {
  const url = new URL(request.url);
  const wire = wireOf(url, request.headers, request.body);
  const connections = await Promise.all(Array.from({ length: clients }, () => HttpConnection.open(url)));
  const ask = async (forSeconds: number): Promise<Load> => {
    const ms: number[] = [];
    const from = performance.now();
    const askOn = async (connection: HttpConnection): Promise<void> => {
      do {
        const began = performance.now();
        expectSuccess(request, await connection.ask(wire));
        ms.push(performance.now() - began);
      } while (performance.now() < from + forSeconds * 1000);
    };
    await Promise.all(connections.map(askOn));
    return { ms, seconds: (performance.now() - from) / 1000 };
  };
  try {
    await ask(warmUpSeconds);
    return await ask(seconds);
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** Asks once, over a connection of its own. */
export async function askOnce(request: LoadRequest): Promise<{ readonly ms: number; readonly body: Buffer }> {
  const url = new URL(request.url);
  const wire = wireOf(url, request.headers, request.body);
  const connection = await HttpConnection.open(url);
  try {
    const began = performance.now();
    const answer = await connection.ask(wire);
    const ms = performance.now() - began;
    expectSuccess(request, answer);
    return { ms, body: answer.body };
  } finally {
    connection.close();
  }
}

function expectSuccess({ url }: LoadRequest, { status, body }: HttpAnswer): void {
  if (status !== 200) throw new Error(`${url}: expected 200, received ${status} ${body.toString('utf8', 0, 500)}`);
}

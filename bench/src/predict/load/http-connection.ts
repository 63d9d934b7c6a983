import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * One connection to a server, which stays open and has one request on its way at a time. It does as little as a client can: the
 * request's bytes are ready, and of an answer it finds the status and the end. So a processor that server and client share is
 * mostly the server's.
 */
export class HttpConnection {
  #waiting: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | undefined;
  #chunks: Buffer[] = [];
  #received = 0;
  /** Bytes of the whole answer, once its head has told them. */
  #expected: number | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static async open({ hostname, port }: URL): Promise<HttpConnection> {
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  /** @param parts head and body, as they go over the wire */
  ask(parts: readonly Buffer[]): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      for (const part of parts) this.socket.write(part);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    this.#expected ??= this.#findEnd();
    if (this.#expected === undefined || this.#received < this.#expected) return;
    const whole = this.#whole();
    const from = whole.indexOf(headEnd) + headEnd.length;
    const answer = { status: Number(whole.toString('latin1', 9, 12)), body: whole.subarray(from) };
    const waiting = this.#waiting;
    [this.#chunks, this.#received, this.#expected, this.#waiting] = [[], 0, undefined, undefined];
    waiting?.resolve(answer);
  }

  #findEnd(): number | undefined {
    const whole = this.#whole();
    const end = whole.indexOf(headEnd);
    if (end < 0) return undefined;
    const length = /^content-length: *(\d+)/im.exec(whole.toString('latin1', 0, end))?.[1];
    if (length === undefined) this.socket.destroy(new Error('expected a Content-Length in the answer, received none'));
    return end + headEnd.length + Number(length);
  }

  #whole(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

/** A POST as it goes over the wire. */
export function wireOf(url: URL, headers: Readonly<Record<string, string>>, body: Buffer): Buffer[] {
  const lines = Object.entries({ host: url.host, connection: 'keep-alive', ...headers, 'content-length': String(body.length) }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`POST ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return body.length < 65_536 ? [Buffer.concat([head, body])] : [head, body];
}

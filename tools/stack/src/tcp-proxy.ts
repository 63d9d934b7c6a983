import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The network between a process and a server: it can be cut, and restored on the same port. */
export interface TcpProxy {
  /** The server's URL, by way of the proxy. */
  readonly url: string;
  cut(): Promise<void>;
  /** Connections stay, and what the server answers does not come through; `flow` lets it. */
  stall(): void;
  flow(): void;
  /** What the server answers comes through at this pace, over each connection, until it is set to Infinity. */
  slowDown(bytesPerSecond: number): void;
  restore(): Promise<void>;
}

/** Opens a proxy to the server of `url`. */
export async function openTcpProxy(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let stalled = false;
  let pace = Infinity;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstreams.add(upstream);
    upstream.on('close', () => upstreams.delete(upstream));
    let resting = false;
    const goOn = () => !stalled && !resting && upstream.resume();
    upstream.on('data', (chunk: Buffer) => {
      if (!client.write(chunk)) upstream.pause();
      if (pace === Infinity) return;
      resting = true;
      upstream.pause();
      setTimeout(() => {
        resting = false;
        goOn();
      }, (1000 * chunk.length) / pace);
    });
    client.on('drain', goOn);
    upstream.on('end', () => client.end());
    if (stalled) upstream.pause();
    client.pipe(upstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(own);
  return {
    url: proxied.href,
    stall: () => {
      stalled = true;
      for (const upstream of upstreams) upstream.pause();
    },
    flow: () => {
      stalled = false;
      for (const upstream of upstreams) upstream.resume();
    },
    slowDown: (bytesPerSecond) => {
      pace = bytesPerSecond;
    },
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    restore: async () => {
      server.listen(own, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

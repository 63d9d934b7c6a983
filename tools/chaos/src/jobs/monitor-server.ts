import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server for RemoteMonitor to send to. */
export interface MonitorServer {
  readonly url: string;
  /** For `WORKER_OUTBOUND_HOSTS`: jobs may send to it although its address is not public. */
  readonly host: string;
  close(): void;
}

export async function startMonitorServer(): Promise<MonitorServer> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

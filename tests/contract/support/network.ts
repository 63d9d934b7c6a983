import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** The network between clients and a server, which breaks all connections when told to. */
export async function openNetwork(base: URL) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(base.port), base.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakAll: () => sockets.forEach((socket) => socket.destroy()),
    close: () => server.close(),
  };
}

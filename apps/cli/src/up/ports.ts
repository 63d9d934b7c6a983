import net from 'node:net';
import { codeOf, UserError } from '../user-error.js';

const defaultPort = 8000;
const lastPort = 8099;

/** A free port of the loopback interface. It is free at this moment: who uses it must cope with losing the race. */
export async function freePort(): Promise<number> {
  const port = await tryListen('127.0.0.1', 0);
  if (port === undefined) throw new UserError('No port of 127.0.0.1 is free.');
  return port;
}

/** Whether nobody listens on a port. */
export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await tryListen(host, port)) !== undefined;
}

/**
 * The port for the API: the wished one, or 8000, or the next free one after it.
 *
 * @throws UserError when the wished port is taken or not allowed.
 */
export async function choosePort(host: string, wished: number | undefined): Promise<number> {
  if (wished !== undefined) {
    const port = await tryListen(host, wished);
    if (port === undefined) throw new UserError(`Port ${wished} on ${host} is taken: choose another one with --port, or leave it out to get a free one.`);
    return port;
  }
  for (let port = defaultPort; port <= lastPort; port++) {
    if ((await tryListen(host, port)) !== undefined) return port;
  }
  throw new UserError(`No port from ${defaultPort} to ${lastPort} on ${host} is free: choose one with --port.`);
}

/** Listens for a moment. Answers the port, or undefined when it is taken. */
function tryListen(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => {
      const code = codeOf(error);
      if (code === 'EADDRINUSE') resolve(undefined);
      else if (code === 'EACCES') reject(new UserError(`Port ${port} on ${host} may not be used by this user: choose one above 1023 with --port.`));
      else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') reject(new UserError(`HOST ${host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all.`));
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import net from 'node:net';
import { codeOf } from '../user-error.js';

/** What a running `trainyard up` tells about itself to a second one. */
export interface Instance {
  readonly pid: number;
  /** Unset while it starts. */
  readonly url?: string;
}

export type LockResult = { readonly held: InstanceLock } | { readonly other: Instance };

/** Held by the one `trainyard up` that uses a data directory. */
export interface InstanceLock {
  announce(url: string): void;
  release(): Promise<void>;
}

/**
 * Takes the lock of a data directory, or answers who holds it. The lock is a socket in Linux's abstract namespace, named
 * after the directory: taking it is atomic, and the kernel frees it when its process ends, however it ends.
 */
export async function lockInstance(directory: string): Promise<LockResult> {
  const name = `\0trainyard-${createHash('sha256').update(await realpath(directory)).digest('hex').slice(0, 32)}`;
  for (;;) {
    const instance: { pid: number; url?: string } = { pid: process.pid };
    const server = await listen(name, () => JSON.stringify(instance));
    if (server !== undefined) return { held: lockOf(server, instance) };
    const other = await ask(name);
    if (other !== undefined) return { other };
    await new Promise((resolve) => setTimeout(resolve, 50)); // it ended between the two calls
  }
}

function lockOf(server: net.Server, instance: { url?: string }): InstanceLock {
  server.unref();
  return {
    announce: (url) => {
      instance.url = url;
    },
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function listen(name: string, answer: () => string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {}); // the asker went away
      socket.end(answer());
    });
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen({ path: name }, () => resolve(server));
  });
}

function ask(name: string): Promise<Instance | undefined> {
  return new Promise((resolve) => {
    let received = '';
    const socket = net.connect({ path: name });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(received === '' ? undefined : (JSON.parse(received) as Instance)));
  });
}

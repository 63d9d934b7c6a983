import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends a command without arguments to a Redis server. @returns its answer: `+OK`, `:12` */
export async function redisCommand(url: string, command: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().trim();
  } finally {
    socket.destroy();
  }
}

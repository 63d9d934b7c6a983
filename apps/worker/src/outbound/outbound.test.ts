import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOpened, isPublicAddress } from './address-policy.js';
import { OutboundRefusedError, post } from './post.js';

it.each(['8.8.8.8', '1.1.1.1', '100.63.255.255', '172.32.0.1', '2606:4700::1111'])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

it.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fe80::1', 'fc00::1', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:7f00:1::', '2001::1', '2001:db8::1', 'ff02::1', 'localhost'],
])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

it('an operator opens a host, or one of its ports', () => {
  expect(isOpened(new URL('http://a.internal/x'), ['a.internal:80'])).toBe(true);
  expect(isOpened(new URL('https://a.internal/x'), ['a.internal:80'])).toBe(false);
  expect(isOpened(new URL('http://a.internal:9000/x'), ['a.internal'])).toBe(true);
  expect(isOpened(new URL('http://b.a.internal/x'), ['a.internal'])).toBe(false);
});

describe('post', () => {
  let server: Server;
  let port: number;
  const received: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        received.push(`${request.headers['x-key']} ${body}`);
        if (request.url === '/slow') return;
        if (request.url === '/trickle') return void response.writeHead(200).write('some');
        response.writeHead(request.url === '/moved' ? 302 : 200, { location: '/elsewhere', 'retry-after': '7' }).end('é'.repeat(50_000));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const send = (host: string, path: string, allowedHosts: string[] = [], keepBytes = 0) =>
    post({ url: new URL(`http://${host}:${port}${path}`), headers: { 'x-key': 'k' }, body: 'a=1', allowedHosts, timeoutMs: 300, keepBytes });

  it('reaches what the operator has opened, and follows nothing', async () => {
    expect(await send('localhost', '/', [`localhost:${port}`])).toMatchObject({ status: 200, body: '' });
    expect(await send('127.0.0.1', '/moved', ['127.0.0.1'])).toMatchObject({ status: 302, headers: { 'retry-after': '7' } });
    expect(received).toEqual(['k a=1', 'k a=1']);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])('does not reach %s otherwise', async (host) => {
    const before = received.length;
    await expect(send(host, '/')).rejects.toThrow(OutboundRefusedError);
    expect(received).toHaveLength(before);
  });

  it('keeps the first bytes of the answer, a letter that is cut in two left out', async () => {
    expect((await send('127.0.0.1', '/', ['127.0.0.1'], 5)).body).toBe('éé');
  });

  it('takes what came of an answer that does not end', async () => {
    expect(await send('127.0.0.1', '/trickle', ['127.0.0.1'], 100)).toMatchObject({ status: 200, body: 'some' });
  });

  it('does not wait for ever', async () => {
    await expect(send('127.0.0.1', '/slow', ['127.0.0.1'])).rejects.toThrow('no answer within 0.3 s');
  });
});

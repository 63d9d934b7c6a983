import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inSpan, isTracing, startSpan, startTracing, stopTracing, traceHeaders, traceparent, whence, within, withinRemote } from './tracing.js';

const settings = { serviceName: 'test', protocol: 'http/json' } as const;
const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('@opentelemetry'));

/** A collector that takes what it is sent, and answers as it is told. */
let answer: number | 'never' = 200;
const collector = createServer((request, response) => {
  request.resume();
  if (answer !== 'never') response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
});
const lost: number[] = [];

beforeEach(async () => {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '5';
});
afterEach(async () => {
  await stopTracing();
  collector.closeAllConnections();
  collector.close();
});

// The first, since a process registers one tracer.
test('without tracing work is done as it is, and nothing of OpenTelemetry is loaded', async () => {
  expect(await inSpan('a', {}, (span) => [span.traceparent, traceparent(), whence(), traceHeaders()])).toEqual([null, null, undefined, {}]);
  await expect(inSpan('a', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect([within(startSpan('b'), () => 1), withinRemote(null, () => 2), isTracing()]).toEqual([1, 2, false]);
  expect(loaded()).toEqual([]);
});

test('spans are children of what is open around them; a collector that fails is told of once; one that hangs is not waited for', async () => {
  await startTracing(settings, (_error, spans) => lost.push(spans));
  expect(loaded()).not.toEqual([]);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  await withinRemote(`00-${trace}-b7ad6b7169203331-01`, () =>
    inSpan('a', {}, async (span) => {
      expect(span.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
      await new Promise(setImmediate);
      expect(traceHeaders()).toEqual({ traceparent: span.traceparent });
      expect(startSpan('b', { parent: { traceparent: 'nonsense' } }).traceId).not.toBe(trace);
    }),
  );
  expect(traceparent()).toBeNull();

  answer = 400; // not tried again
  for (let sent = 0; sent < 3; sent++) {
    startSpan('c').end();
    await once(collector, 'request');
  }
  await expect.poll(() => lost).toHaveLength(1);

  answer = 'never';
  startSpan('d').end();
  await once(collector, 'request');
  const began = performance.now();
  await stopTracing();
  expect(performance.now() - began).toBeLessThan(8_000); // the exporter itself waits for ten seconds
});

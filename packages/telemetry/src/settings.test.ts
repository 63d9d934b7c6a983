import { expect, test } from 'vitest';
import { readTraceSettings } from './settings.js';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const read = (env: Record<string, string>) => readTraceSettings(env, 'trainyard-x');

test('nothing is traced unless an endpoint is named', () => {
  for (const env of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { OTEL_SERVICE_NAME: 'x' }, { ...endpoint, OTEL_SDK_DISABLED: 'true' }, { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }]) expect(read(env)).toBeUndefined();
  expect(read(endpoint)).toEqual({ serviceName: 'trainyard-x', protocol: 'http/protobuf' });
  expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' })).toBeDefined();
});

test('the protocol of traces goes before that of all signals', () => {
  expect(read({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' })?.protocol).toBe('http/json');
});

test.each([
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf or http/json, received "grpc"'],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER: expected otlp or none, received "zipkin"'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL such as http://host:4318, received "collector:4318"'],
])('%j is refused', (change, message) => {
  expect(() => read({ ...endpoint, ...change })).toThrow(message);
});

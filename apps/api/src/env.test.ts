import { describe, expect, test } from 'vitest';
import { readEnv } from './env.js';

const minimal = { DATABASE_URL: 'postgresql://a/b', REDIS_URL: 'redis://a', OBJECT_STORE_URL: 'file:///tmp/x' };

test('has defaults; an empty variable means none', () => {
  expect(readEnv({ ...minimal, PORT: '', PREDICTOR_URL: '' })).toEqual({
    databaseUrl: 'postgresql://a/b',
    redisUrl: 'redis://a',
    redisPrefix: undefined,
    storage: { url: 'file:///tmp/x' },
    host: '127.0.0.1',
    port: 8000,
    predictorUrls: [],
    auth: true,
    retention: { keep_last_checkpoints: null, delete_after_days: null },
    tensorBoard: { program: undefined, fetched: expect.stringContaining('tensorboard-') as string, path: '', python: 'python3', maxRunning: 4, maxBytes: 2 ** 30, idleMs: 600_000 },
    logLevel: 'info',
  });
});

test('predictors are a list', () => {
  expect(readEnv({ ...minimal, PREDICTOR_URL: 'http://a:8002, https://b/predictor/,,http://a:8002' }).predictorUrls).toEqual(['http://a:8002', 'https://b/predictor/']);
});

describe('keys can be off on a loopback address only', () => {
  test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('%s', (HOST) => {
    expect(readEnv({ ...minimal, HOST, TRAINYARD_AUTH: 'off' }).auth).toBe(false);
  });
  test.each(['0.0.0.0', '::', '192.168.1.1', 'example.org', '127.0.0.1.example.org'])('%s', (HOST) => {
    expect(() => readEnv({ ...minimal, HOST, TRAINYARD_AUTH: 'off' })).toThrow(/loopback/);
  });
});

test.each([
  [{ DATABASE_URL: undefined }, 'DATABASE_URL: expected a value'],
  [{ PREDICTOR_URL: 'http://a:1,localhost:8002' }, 'PREDICTOR_URL: expected URLs such as http://host:8002, separated by commas, received "localhost:8002"'],
  [{ PORT: 'http' }, 'PORT: expected a number'],
  [{ RETENTION_DELETE_AFTER_DAYS: 'a week' }, 'RETENTION_DELETE_AFTER_DAYS: expected an integer from 0 to 36500'],
  [{ TRAINYARD_AUTH: 'no' }, 'TRAINYARD_AUTH: expected on or off'],
  [{ S3_ENDPOINT: 'http://s3' }, 'S3_ACCESS_KEY: expected a value'],
])('%j is refused', (change, message) => {
  expect(() => readEnv({ ...minimal, ...change })).toThrow(message);
});

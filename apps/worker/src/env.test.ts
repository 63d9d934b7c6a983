import { expect, it } from 'vitest';
import { readEnv } from './env.js';

const least = { DATABASE_URL: 'postgresql://u:secret@db/t', REDIS_URL: 'redis://r', OBJECT_STORE_URL: 's3://b', S3_ENDPOINT: 'http://s3', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'k', TRAINYARD_LIBTENSORFLOW: process.execPath };

it('training processes inherit no secrets', () => {
  const { childEnv } = readEnv({ ...least, PATH: '/bin', CUDA_VISIBLE_DEVICES: '0', TF_NUM_X: '1', AWS_SECRET: 'x', TRAINYARD_API_KEY: 'y' });
  expect(childEnv).toEqual({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '0', TF_NUM_X: '1' });
});

it('lists are separated by commas', () => {
  expect(readEnv({ ...least, WORKER_OUTBOUND_HOSTS: ' localhost:9000, monitor.internal,' }).outboundHosts).toEqual(['localhost:9000', 'monitor.internal']);
  expect(readEnv(least).outboundHosts).toEqual([]);
});

it.each([
  [{ DATABASE_URL: '' }, /DATABASE_URL: expected a value/],
  [{ S3_SECRET_KEY: undefined }, /S3_SECRET_KEY/],
  [{ WORKER_CONCURRENCY: '0' }, /WORKER_CONCURRENCY: expected an integer from 1 to 64, received "0"/],
  [{ WORKER_ORPHAN_SWEEP: 'yes' }, /WORKER_ORPHAN_SWEEP: expected remove, report or off, received "yes"/],
  [{ TRAINYARD_LIBTENSORFLOW: '/nowhere' }, /libtensorflow/],
])('%o is refused', (change, message) => {
  expect(() => readEnv({ ...least, ...change })).toThrow(message);
});

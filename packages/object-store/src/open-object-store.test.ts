import { expect, test } from 'vitest';
import { openObjectStore } from './open-object-store.js';

const s3 = { endpoint: 'http://127.0.0.1:9', accessKey: 'a', secretKey: 's' };

test.each(['', '/var/data', 'http://bucket/x', 'file://host/dir', 's3://', 's3:bucket'])('%j is no store, and the message says what is', async (url) => {
  await expect(openObjectStore(url, s3)).rejects.toThrow(/expected file:\/\/\/directory or s3:\/\/bucket\/prefix, received/);
});

test('an s3 URL needs its server', async () => {
  await expect(openObjectStore('s3://bucket/x')).rejects.toThrow(/s3:\/\/bucket\/x: expected the server's endpoint and keys/);
});

test.each(['127.0.0.1:9000', 'ftp://host', 'http://host/path', 'http://user:secret@host'])('%j is no endpoint', async (endpoint) => {
  await expect(openObjectStore('s3://bucket', { ...s3, endpoint })).rejects.toThrow(/S3 endpoint: expected http:\/\/host:port or https:\/\/host/);
});

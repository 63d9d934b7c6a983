import type { ObjectStore } from '../object-store.js';
import { checkKey } from '../key.js';
import { s3Client } from './client.js';
import { defaultTimeoutMs, type S3Config } from './config.js';
import { storeError } from './errors.js';
import { S3Store } from './s3-store.js';

/**
 * Objects of `bucket` whose keys begin with `prefix` (with or without a `/` at its end; '' for all). Asks the server
 * nothing yet, so that a process can start before its storage does.
 */
export function openS3Store(config: S3Config, bucket: string, prefix = ''): ObjectStore {
  const folder = prefix.replace(/\/+$/, '');
  if (folder !== '') checkKey(folder);
  const timeoutMs = config.timeoutMs ?? defaultTimeoutMs;
  const place = { endpoint: config.endpoint, bucket, prefix: folder === '' ? '' : `${folder}/`, timeoutMs };
  return new S3Store(s3Client(config), place, { kind: 's3', config, bucket, prefix });
}

/** Makes the bucket unless it exists. @throws ObjectStoreUnavailableError, ObjectStoreAccessError */
export async function ensureBucket(config: S3Config, bucket: string): Promise<void> {
  const client = s3Client(config);
  try {
    if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket, config.region ?? 'us-east-1');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'BucketAlreadyOwnedByYou') return; // another process was first
    throw storeError(error, `making the bucket ${bucket} at ${config.endpoint}`, bucket);
  }
}

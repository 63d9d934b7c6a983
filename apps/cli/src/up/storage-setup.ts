import type { CliEnv } from '../env.js';
import { messageOf, UserError } from '../user-error.js';

/**
 * Makes the bucket of an `s3://` object store unless it exists. A directory needs no preparation.
 *
 * @throws UserError when the server cannot be reached or refuses.
 */
export async function prepareStorage(env: CliEnv): Promise<void> {
  if (env.objectStoreUrl?.startsWith('s3:') !== true) return;
  if (env.s3 === undefined) throw new UserError('OBJECT_STORE_URL names a bucket: set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY too.');
  const { ensureBucket } = await import('@trainyard/object-store');
  try {
    await ensureBucket(env.s3, new URL(env.objectStoreUrl).host);
  } catch (error) {
    throw new UserError(`The object storage cannot be used: ${messageOf(error)}`);
  }
}

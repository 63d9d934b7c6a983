import { fileURLToPath } from 'node:url';
import { ObjectStoreAccessError } from './errors.js';
import { openFilesystemStore } from './filesystem/open-filesystem-store.js';
import type { ObjectStore } from './object-store.js';
import type { S3Config } from './s3/config.js';
import { openS3Store } from './s3/open-s3-store.js';

/**
 * The store of a URL: `file:///directory` or `s3://bucket/prefix`, the latter at the server of `s3`.
 * @throws ObjectStoreAccessError for any other URL, or an `s3:` one without `s3`
 */
export async function openObjectStore(url: string, s3?: S3Config): Promise<ObjectStore> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'file:' && parsed.host === '') return openFilesystemStore(fileURLToPath(parsed));
  if (parsed?.protocol === 's3:' && parsed.host !== '') {
    if (!s3) throw new ObjectStoreAccessError(`object store ${url}: expected the server's endpoint and keys beside the URL, received none`);
    return openS3Store(s3, parsed.host, decodeURIComponent(parsed.pathname.slice(1)));
  }
  throw new ObjectStoreAccessError(`object store: expected file:///directory or s3://bucket/prefix, received ${JSON.stringify(url)}`);
}

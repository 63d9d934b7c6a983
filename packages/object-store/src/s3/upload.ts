import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Client } from 'minio';
import { partBytes, partsOf, type Part } from './parts.js';

export interface Uploaded {
  readonly bytes: number;
  readonly etag: string;
}

type Headers = Record<string, string>;

/** Where an upload goes. */
interface Target {
  readonly client: Client;
  readonly bucket: string;
  readonly name: string;
  readonly headers: Headers;
}

/** The body failed, not the store: its error must reach the caller as it is. */
export class BodyError extends Error {
  constructor(readonly reason: unknown) {
    super('the body of an upload failed');
  }
}

/** Uploads bytes, in parts when they are many: a request that fails late would have to begin again. */
export async function uploadBytes(target: Target, bytes: Buffer): Promise<Uploaded> {
  return bytes.length <= partBytes(0) ? uploadAtOnce(target, bytes) : uploadStream(target, Readable.from([bytes]));
}

async function uploadAtOnce(target: Target, bytes: Buffer): Promise<Uploaded> {
  const { etag } = await target.client.putObject(target.bucket, target.name, bytes, bytes.length, target.headers);
  return { bytes: bytes.length, etag };
}

/**
 * Uploads a stream of unknown length, in one request when it is small, else in parts. The client's own `putObject` is not
 * used for streams: it continues any unfinished upload of the same key, so two writers would mix their parts, it never
 * settles when the stream fails, and it buffers parts of 512 MiB.
 * @throws BodyError when reading `body` fails; nothing is stored then
 */
export async function uploadStream(target: Target, body: Readable): Promise<Uploaded> {
  const parts = partsOf(body);
  try {
    const first = await nextPart(parts);
    if (first.isLast) return await uploadAtOnce(target, first.bytes);
    return await uploadParts(target, first, parts);
  } finally {
    body.destroy();
  }
}

async function uploadParts(target: Target, first: Part, rest: AsyncGenerator<Part>): Promise<Uploaded> {
  const { client, bucket, name, headers } = target;
  const uploadId = await client.initiateNewMultipartUpload(bucket, name, headers);
  try {
    const etags: { part: number; etag: string }[] = [];
    let bytes = 0;
    for (let part = first; ; part = await nextPart(rest)) {
      const etag = await uploadPart(target, uploadId, etags.length + 1, part.bytes);
      etags.push({ part: etags.length + 1, etag });
      bytes += part.bytes.length;
      if (part.isLast) break;
    }
    const { etag } = await client.completeMultipartUpload(bucket, name, uploadId, etags);
    return { bytes, etag };
  } catch (error) {
    await client.abortMultipartUpload(bucket, name, uploadId).catch(() => undefined); // a server that is gone expires it
    throw error;
  }
}

async function uploadPart({ client, bucket, name }: Target, uploadID: string, partNumber: number, bytes: Buffer): Promise<string> {
  const headers = { 'Content-Length': bytes.length, 'Content-MD5': createHash('md5').update(bytes).digest('base64') };
  const { etag } = await client.uploadPart({ bucketName: bucket, objectName: name, uploadID, partNumber, headers }, bytes);
  return etag;
}

async function nextPart(parts: AsyncGenerator<Part>): Promise<Part> {
  let result: IteratorResult<Part>;
  try {
    result = await parts.next();
  } catch (error) {
    throw new BodyError(error);
  }
  if (result.done === true) throw new BodyError(new Error('the stream ended twice'));
  return result.value;
}

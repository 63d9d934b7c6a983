import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Client } from 'minio';
import { InvalidKeyError, ObjectNotFoundError, ObjectStoreUnavailableError } from '../errors.js';
import { inKeyOrder } from '../key-order.js';
import { checkKey, checkPrefix, maxKeyBytes } from '../key.js';
import type { ByteRange, ObjectInfo, ObjectStore, PutOptions, StoreLocation } from '../object-store.js';
import { checkRange } from '../range.js';
import { readAll } from '../read-all.js';
import { storeError } from './errors.js';
import { listPage } from './list-page.js';
import { responseBody } from './response-body.js';
import { BodyError, uploadBytes, uploadStream } from './upload.js';

export interface S3Location {
  readonly endpoint: string;
  readonly bucket: string;
  /** '' or the key prefix of this store, with its `/` at the end. */
  readonly prefix: string;
  readonly timeoutMs: number;
}

const deleteAtOnce = 1000; // S3's limit

/** Objects of a bucket, below a prefix. Made by `openS3Store`. */
export class S3Store implements ObjectStore {
  constructor(
    private readonly client: Client,
    private readonly place: S3Location,
    readonly location: StoreLocation,
  ) {}

  async put(key: string, body: Uint8Array | Readable, { contentType = 'application/octet-stream' }: PutOptions = {}): Promise<ObjectInfo> {
    const name = this.nameOf(key);
    return this.explain('storing', key, async () => {
      const target = { client: this.client, bucket: this.place.bucket, name, headers: { 'Content-Type': contentType } };
      const { bytes, etag } = body instanceof Uint8Array ? await uploadBytes(target, Buffer.from(body.buffer, body.byteOffset, body.byteLength)) : await uploadStream(target, body);
      const stored = await this.client.statObject(this.place.bucket, name);
      // Where another writer has replaced the object already, its time is not ours.
      return { key, bytes, etag, modified: stored.etag === etag ? stored.lastModified : new Date() };
    });
  }

  async get(key: string, range?: ByteRange): Promise<{ info: ObjectInfo; body: Readable }> {
    const name = this.nameOf(key);
    if (range) checkRange(key, range);
    return this.explain('reading', key, async () => {
      const { bucket, timeoutMs } = this.place;
      const length = range ? range.end - range.start + 1 : 0; // 0: to the end
      const response = (await this.client.getPartialObject(bucket, name, range?.start ?? 0, length)) as IncomingMessage;
      const bytes = response.headers['content-length'];
      const body = responseBody(response, bytes === undefined ? undefined : Number(bytes), timeoutMs, (error) => this.toError(error, 'reading', key));
      return { info: infoOf(key, response), body };
    });
  }

  async read(key: string): Promise<Uint8Array> {
    const { info, body } = await this.get(key);
    return readAll(body, info.bytes);
  }

  async stat(key: string): Promise<ObjectInfo | undefined> {
    const name = this.nameOf(key);
    try {
      return await this.explain('looking at', key, async () => {
        const { size, etag, lastModified } = await this.client.statObject(this.place.bucket, name);
        return { key, bytes: size, etag, modified: lastModified };
      });
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    checkPrefix(prefix);
    const { bucket, prefix: own } = this.place;
    const objects: ObjectInfo[] = [];
    let after: string | undefined;
    do {
      const page = await this.explain('listing', prefix, () => listPage(this.client, { bucket, prefix: own + prefix, after }));
      for (const object of page.objects) {
        // Some servers list the folders that consoles make, as empty objects whose key ends in `/`.
        if (!object.key.endsWith('/')) objects.push({ ...object, key: object.key.slice(own.length) });
      }
      after = page.next;
    } while (after !== undefined);
    // Servers that keep folders (SeaweedFS) list `a/1` before `a-b/1`, so the order is made here, of the whole list.
    yield* inKeyOrder(objects);
  }

  async *folders(prefix: string): AsyncIterable<string> {
    checkPrefix(prefix);
    const { bucket, prefix: own } = this.place;
    let after: string | undefined;
    do {
      const page = await this.explain('listing', prefix, () => listPage(this.client, { bucket, prefix: own + prefix, delimiter: '/', after }));
      for (const folder of page.folders) yield folder.slice((own + prefix).length, -1);
      after = page.next;
    } while (after !== undefined);
  }

  async delete(keys: readonly string[]): Promise<void> {
    const names = keys.map((key) => this.nameOf(key));
    for (let at = 0; at < names.length; at += deleteAtOnce) {
      const some = names.slice(at, at + deleteAtOnce);
      const refused = await this.explain('deleting', keys[at] ?? '', () => this.client.removeObjects(this.place.bucket, some));
      this.checkDeleted(refused);
    }
  }

  private checkDeleted(refused: readonly unknown[]): void {
    const failed = refused.filter((entry) => entry !== null && entry !== undefined);
    if (failed.length > 0) throw new ObjectStoreUnavailableError(`deleting ${this.describe('')}: ${failed.length} objects were not deleted: ${JSON.stringify(failed.slice(0, 3))}`);
  }

  private nameOf(key: string): string {
    checkKey(key);
    const name = this.place.prefix + key;
    if (Buffer.byteLength(name) > maxKeyBytes) throw new InvalidKeyError(key, `expected at most ${maxKeyBytes} bytes with the store's prefix ${this.place.prefix}, received ${Buffer.byteLength(name)}`);
    return name;
  }

  private async explain<T>(doing: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.toError(error, doing, key);
    }
  }

  private toError(error: unknown, doing: string, key: string): unknown {
    return error instanceof BodyError ? error.reason : storeError(error, `${doing} ${this.describe(key)}`, key);
  }

  private describe(key: string): string {
    return `s3://${this.place.bucket}/${this.place.prefix}${key} at ${this.place.endpoint}`;
  }
}

function infoOf(key: string, { headers }: IncomingMessage): ObjectInfo {
  const total = headers['content-range']?.split('/')[1] ?? headers['content-length'];
  return { key, bytes: Number(total), etag: (headers.etag ?? '').replace(/^"|"$/g, ''), modified: new Date(headers['last-modified'] ?? 0) };
}

import { text } from 'node:stream/consumers';
import { XMLParser } from 'fast-xml-parser';
import type { Client } from 'minio';
import type { ObjectInfo } from '../object-store.js';

export interface ListPage {
  readonly objects: ObjectInfo[];
  /** What keys begin with up to the delimiter, and with it. */
  readonly folders: string[];
  /** Where the next page begins; `undefined` after the last. */
  readonly next: string | undefined;
}

// Values stay text: the client's own parser turns a key such as `007` into the number 7.
const parser = new XMLParser({ parseTagValue: false, trimValues: false, isArray: (name) => name === 'Contents' || name === 'CommonPrefixes' });

/** Numeric entities are left to us by the parser. */
const QUOTE = /"|&quot;|&#34;/g;

interface ListAnswer {
  ListBucketResult?: {
    EncodingType?: string;
    IsTruncated?: string;
    NextContinuationToken?: string;
    CommonPrefixes?: { Prefix: string }[];
    Contents?: { Key: string; LastModified: string; ETag: string; Size: string }[];
  };
}

export interface ListQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Keys that have it behind the prefix are not listed: what they have in common up to it is. */
  readonly delimiter?: string;
  /** Where the page begins: what the page before answered. */
  readonly after: string | undefined;
}

/** Up to 1,000 objects, and folders, below a prefix (ListObjectsV2). */
export async function listPage(client: Client, { bucket, prefix, delimiter, after }: ListQuery): Promise<ListPage> {
  const parameters: [string, string][] = [['encoding-type', 'url'], ['list-type', '2'], ['max-keys', '1000'], ['prefix', prefix]];
  if (delimiter !== undefined) parameters.unshift(['delimiter', delimiter]); // signatures need the names in order
  if (after !== undefined) parameters.unshift(['continuation-token', after]);
  const query = parameters.map(([name, value]) => `${name}=${escape(value)}`).join('&');
  const response = await client.makeRequestAsync({ method: 'GET', bucketName: bucket, query });
  const answer = (parser.parse(await text(response)) as ListAnswer).ListBucketResult;
  if (!answer) throw new Error(`listing ${prefix}: expected a ListBucketResult, received another document; is the endpoint an S3 server?`);
  const decode = answer.EncodingType === 'url' ? decodeKey : (key: string) => key;
  const objects = (answer.Contents ?? []).map(({ Key, LastModified, ETag, Size }) => ({
    key: decode(Key),
    bytes: Number(Size),
    etag: ETag.replaceAll(QUOTE, ''),
    modified: new Date(LastModified),
  }));
  const folders = (answer.CommonPrefixes ?? []).map(({ Prefix }) => decode(Prefix));
  return { objects, folders, next: answer.IsTruncated === 'true' ? answer.NextContinuationToken : undefined };
}

function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** RFC 3986's escaping, which signatures are computed from. */
function escape(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

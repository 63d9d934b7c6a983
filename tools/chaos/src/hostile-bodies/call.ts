import type { Json } from '@trainyard/keras-format';

/** A predict call before it is written down, so that each part of it can be changed. */
export interface Call {
  /** What it is, for whoever reads of it. */
  readonly what: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where the body is bytes alone. */
  readonly json: Json | undefined;
  /** What follows the JSON, or is the body. */
  readonly bytes: Uint8Array;
}

/** A call as it is sent. */
export interface WrittenCall {
  readonly what: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** So many bytes of the body are sent, and then the connection is broken. */
  readonly cutOffAt?: number;
}

/** The header of the Open Inference Protocol that tells where bytes begin. */
const headLength = 'inference-header-content-length';

export function write({ what, path, headers, json, bytes }: Call): WrittenCall {
  const head = json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json));
  const framed = json !== undefined && bytes.length > 0;
  return { what, path, headers: { ...headers, ...(framed && { [headLength]: String(head.length) }) }, body: Buffer.concat([head, bytes]) };
}

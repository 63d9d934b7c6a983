/** How to reach an S3 server. */
export interface S3Config {
  /** `http://host:port` or `https://host`. */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `us-east-1` by default. */
  readonly region?: string;
  /** A server that sends nothing for this long counts as unavailable. A minute by default. */
  readonly timeoutMs?: number;
}

export const defaultTimeoutMs = 60_000;

import { InvalidKeyError, InvalidRangeError, ObjectNotFoundError, ObjectStoreAccessError, ObjectStoreUnavailableError } from '../errors.js';

/** The server took the connection and then sent nothing. */
export class SilentServerError extends Error {
  override readonly name = 'SilentServerError';
  readonly code = 'ETIMEDOUT';
  constructor(timeoutMs: number) {
    super(`the server sent nothing for ${timeoutMs} ms`);
  }
}

/** The connection ended before the body did. */
export class TruncatedBodyError extends Error {
  override readonly name = 'TruncatedBodyError';
  readonly code = 'ECONNRESET';
  constructor(expected: number, received: number) {
    super(`the connection ended early: expected ${expected} bytes, received ${received}`);
  }
}

/** What each of S3's refusals means for whoever runs this. */
const REFUSALS: Readonly<Record<string, string>> = {
  AccessDenied: 'the access key lacks the permission (or is wrong); check it and the bucket policy',
  AccountProblem: 'the account has a problem; ask its provider',
  AllAccessDisabled: 'the object is disabled; ask the provider',
  AuthorizationHeaderMalformed: 'the region does not match; set the region of the bucket',
  ExpiredToken: 'the credentials have expired; renew them',
  InvalidAccessKeyId: 'the access key does not exist; check it',
  InvalidBucketName: 'the bucket name is not valid',
  InvalidToken: 'the credentials are not valid; check them',
  MovedPermanently: 'the bucket lives at another endpoint; set that one',
  NoSuchBucket: 'the bucket does not exist; create it or correct its name',
  PermanentRedirect: 'the bucket lives at another endpoint; set that one',
  RequestTimeTooSkewed: "this machine's clock is wrong; set it",
  SignatureDoesNotMatch: 'the secret key is wrong; check it',
  TemporaryRedirect: 'the bucket lives at another endpoint; set that one',
};

const INVALID_KEY = new Set(['KeyTooLongError', 'InvalidObjectName', 'XMinioInvalidObjectName', 'XMinioParentIsObject']);

const TRANSIENT = new Set([
  ...['BadDigest', 'IncompleteBody', 'InternalError', 'NoSuchUpload', 'OperationAborted', 'RequestTimeout', 'ServiceUnavailable', 'SlowDown', 'XMinioServerNotInitialized'],
  ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'],
  ...['EMFILE', 'ENFILE', 'ERR_STREAM_PREMATURE_CLOSE', 'EPROTO'],
]);

/** A minio or network error as one of the store's; any other error as it is. `place` says what was asked of which server. */
export function storeError(error: unknown, place: string, key: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  const status = serverErrorStatus(error);
  const text = `${place}: ${status ? `the server answered with status ${status}` : error.message || code}`;
  if (code === 'NoSuchKey' || code === 'NotFound') return new ObjectNotFoundError(key);
  if (INVALID_KEY.has(code)) return new InvalidKeyError(key, `${text} (${code}); many servers take at most 255 bytes between two "/"`);
  if (code === 'InvalidRange') return new InvalidRangeError(key, `${place}: expected a range that starts within it`);
  const refusal = REFUSALS[code];
  if (refusal !== undefined) return new ObjectStoreAccessError(`${text} (${code}): ${refusal}`, { cause: error });
  if (isCertificateError(code)) return new ObjectStoreAccessError(`${text}: the server's certificate is not trusted here`, { cause: error });
  if (TRANSIENT.has(code) || code.startsWith('HPE_') || status !== undefined) return new ObjectStoreUnavailableError(text, { cause: error });
  return error;
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  // Node joins the failures of a name's several addresses in one error without a code.
  if (error instanceof AggregateError && typeof code !== 'string') return error.errors[0] instanceof Error ? codeOf(error.errors[0]) : '';
  return typeof code === 'string' ? code : '';
}

/** The client turns statuses such as 500 and 503 into an error without a code, recognisable by its text only. */
function serverErrorStatus(error: Error): string | undefined {
  return /Retryable HTTP status: (\d+)/.exec(error.message)?.[1];
}

function isCertificateError(code: string): boolean {
  return /CERT|UNABLE_TO_VERIFY|SELF_SIGNED/.test(code);
}

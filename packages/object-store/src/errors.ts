/** A key that no store accepts, or that this store cannot hold. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError';
  constructor(
    readonly key: string,
    problem: string,
  ) {
    super(`object key ${JSON.stringify(shorten(key))}: ${problem}`);
  }
}

export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
  constructor(readonly key: string) {
    super(`object ${JSON.stringify(key)}: not found`);
  }
}

/** A range that starts behind the last byte of the object, or that is no range. */
export class InvalidRangeError extends RangeError {
  override readonly name = 'InvalidRangeError';
  constructor(
    readonly key: string,
    problem: string,
  ) {
    super(`object ${JSON.stringify(key)}: ${problem}`);
  }
}

/** The store did not answer, or cannot do its work now. The same call may succeed later. */
export class ObjectStoreUnavailableError extends Error {
  override readonly name = 'ObjectStoreUnavailableError';
  readonly retryable = true;
}

/** The store answered and refuses: wrong keys, missing permission, missing bucket. Trying again does not help. */
export class ObjectStoreAccessError extends Error {
  override readonly name = 'ObjectStoreAccessError';
}

function shorten(key: string): string {
  return key.length <= 120 ? key : `${key.slice(0, 100)}…(${key.length} characters)`;
}

import { ObjectStoreAccessError, ObjectStoreUnavailableError } from '../errors.js';

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

export function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const REFUSED = new Set(['EACCES', 'EPERM', 'EROFS']);
/** What passes without anyone touching the store: a full disk, a hung mount, too many open files. */
const TRANSIENT = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'ESTALE', 'EMFILE', 'ENFILE', 'EBUSY', 'EAGAIN', 'ETIMEDOUT', 'ENOTCONN']);

/** The operating system's error as one of the store's, with its text; any other error as it is. */
export function storeError(error: unknown, doing: string): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  if (REFUSED.has(code)) return new ObjectStoreAccessError(`${doing}: ${error.message}; check the owner and mode of the store's directory`, { cause: error });
  if (TRANSIENT.has(code)) return new ObjectStoreUnavailableError(`${doing}: ${error.message}`, { cause: error });
  return error;
}

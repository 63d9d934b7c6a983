import { ObjectStoreAccessError, ObjectStoreUnavailableError } from '@trainyard/object-store';
import { DataError, type DataErrorCode } from '../../data-error.js';

/** An error as plain data: a clone of an error that crosses a thread is none of our classes any more. */
export type PlainError =
  | { readonly kind: 'data'; readonly place: string; readonly problem: string; readonly code: DataErrorCode; readonly pointer: string | undefined }
  | { readonly kind: 'unavailable' | 'access' | 'other'; readonly message: string; readonly stack: string | undefined };

export function toPlain(error: unknown): PlainError {
  if (error instanceof DataError) return { kind: 'data', place: error.place, problem: error.message.slice(error.place.length + 2), code: error.code, pointer: error.pointer };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const kind = error instanceof ObjectStoreUnavailableError ? 'unavailable' : error instanceof ObjectStoreAccessError ? 'access' : 'other';
  return { kind, message, stack };
}

export function fromPlain(plain: PlainError): Error {
  if (plain.kind === 'data') {
    const { place, problem, code, pointer } = plain;
    return new DataError(place, problem, { code, ...(pointer !== undefined && { pointer }) });
  }
  const { message, stack } = plain;
  const cause = { cause: stack };
  switch (plain.kind) {
    case 'unavailable':
      return new ObjectStoreUnavailableError(message, cause);
    case 'access':
      return new ObjectStoreAccessError(message, cause);
    case 'other':
      return new Error(message, cause);
  }
}

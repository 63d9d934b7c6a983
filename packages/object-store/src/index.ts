export { InvalidKeyError, InvalidRangeError, ObjectNotFoundError, ObjectStoreAccessError, ObjectStoreUnavailableError } from './errors.js';
export { openFilesystemStore } from './filesystem/open-filesystem-store.js';
export { checkKey, checkPrefix, maxKeyBytes } from './key.js';
export type { ByteRange, ObjectInfo, ObjectStore, PutOptions } from './object-store.js';

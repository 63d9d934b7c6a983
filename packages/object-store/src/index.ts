export { InvalidKeyError, InvalidRangeError, ObjectNotFoundError, ObjectStoreAccessError, ObjectStoreUnavailableError } from './errors.js';
export { openFilesystemStore } from './filesystem/open-filesystem-store.js';
export { checkKey, checkPrefix, maxKeyBytes } from './key.js';
export type { ByteRange, ObjectInfo, ObjectStore, PutOptions, StoreLocation } from './object-store.js';
export { openObjectStore } from './open-object-store.js';
export { openStoreAt } from './open-store-at.js';
export type { S3Config } from './s3/config.js';
export { ensureBucket, openS3Store } from './s3/open-s3-store.js';

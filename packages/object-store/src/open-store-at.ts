import { reopenFilesystemStore } from './filesystem/open-filesystem-store.js';
import type { ObjectStore, StoreLocation } from './object-store.js';
import { openS3Store } from './s3/open-s3-store.js';

/** The store that another thread of this machine has open. Asks nothing yet. */
export function openStoreAt(location: StoreLocation): ObjectStore {
  switch (location.kind) {
    case 'filesystem':
      return reopenFilesystemStore(location.root, location.foldsNames);
    case 's3':
      return openS3Store(location.config, location.bucket, location.prefix);
  }
}

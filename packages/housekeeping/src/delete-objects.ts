import type { ObjectStore } from '@trainyard/object-store';

const batch = 500;

/** Deletes all objects whose keys begin with `prefix`. */
export async function deleteObjects(store: ObjectStore, prefix: string): Promise<void> {
  let keys: string[] = [];
  for await (const { key } of store.list(prefix)) {
    keys.push(key);
    if (keys.length === batch) {
      await store.delete(keys);
      keys = [];
    }
  }
  if (keys.length > 0) await store.delete(keys);
}

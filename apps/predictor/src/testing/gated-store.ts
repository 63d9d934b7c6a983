import type { ObjectStore } from '@trainyard/object-store';

/** A store of which nothing is read while it is closed: what is asked for then comes once it is open. */
export class GatedStore {
  /** How often something was read. */
  reads = 0;
  #opened = Promise.resolve();
  #open = (): void => undefined;
  readonly store: ObjectStore;

  constructor(inner: ObjectStore) {
    const read = async (key: string): Promise<Uint8Array> => {
      this.reads++;
      await this.#opened;
      return inner.read(key);
    };
    this.store = new Proxy(inner, {
      get: (target, name) => {
        const value: unknown = name === 'read' ? read : Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  close(): this {
    this.#opened = new Promise((resolve) => (this.#open = resolve));
    return this;
  }

  open(): void {
    this.#open();
  }
}

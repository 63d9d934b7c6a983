import type { HandleKind, LiveHandles } from './live-handles.js';
import type { Pointer } from './native.js';

interface Release {
  readonly pointer: Pointer;
  readonly kind: HandleKind;
  readonly live: LiveHandles;
  readonly free: (pointer: Pointer) => void;
}

// A safety net only: an owner that was collected without `dispose` had a bug, and `LiveHandles.leaked` counts it.
const forgotten = new FinalizationRegistry<Release>(({ pointer, kind, live, free }) => {
  live.rescued(kind);
  free(pointer);
});

/** Owns one native object and releases it exactly once. */
export class NativeHandle {
  #release: Release | undefined;

  constructor(live: LiveHandles, kind: HandleKind, pointer: Pointer, free: (pointer: Pointer) => void) {
    this.#release = { pointer, kind, live, free };
    live.acquired(kind);
    forgotten.register(this, this.#release, this);
  }

  /**
   * @throws Error after `dispose`.
   */
  get pointer(): Pointer {
    if (!this.#release) throw new Error('this native object has been disposed of');
    return this.#release.pointer;
  }

  get disposed(): boolean {
    return this.#release === undefined;
  }

  /** Releases the object; later calls do nothing. */
  dispose(): void {
    const release = this.#release;
    if (!release) return;
    this.#release = undefined;
    forgotten.unregister(this);
    release.live.released(release.kind);
    release.free(release.pointer);
  }
}

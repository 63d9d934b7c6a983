import koffi from 'koffi';

/** An address in native memory, as koffi hands it out; 0n and null are C's NULL. */
export type Pointer = bigint;

/** What a `const void*` parameter takes: an address, or a buffer whose contents live as long as the call. */
export type Bytes = Pointer | Uint8Array | Float32Array | Int32Array | BigInt64Array | BigUint64Array | null;

/** TF_Output: one output of an operation of a graph. */
export interface TfOutput {
  readonly oper: Pointer;
  readonly index: number;
}

/** sizeof(TF_Output): a pointer, an int, and padding to the pointer's alignment. */
export const TF_OUTPUT_BYTES = 16;

/** A C function that can also be called on a worker thread. */
export type AsyncFunction<Arguments extends unknown[]> = ((...args: Arguments) => void) & {
  async(...args: [...Arguments, (error: Error | null) => void]): void;
};

/** The functions of one shared library, declared by their C prototypes. */
export interface NativeLibrary {
  /**
   * @throws Error when the library has no such function.
   */
  readonly declare: <F>(prototype: string) => F;
}

/** glibc's, declared once: every copy between JavaScript and native memory is one of these. */
export interface LibC {
  readonly memcpy: (to: Bytes, from: Bytes, bytes: number) => void;
  readonly setenv: (name: string, value: string, overwrite: number) => number;
  readonly dlopen: (path: string, flags: number) => Pointer | null;
  readonly dlerror: () => string | null;
}

/**
 * The stack of an asynchronous call. A session runs small graphs' ops in the thread that calls it, on koffi's own stack, of
 * 128 KiB unless told otherwise: Eigen's QR decomposition of 1024×256 overflowed it. 8 MiB is what a thread has; pages
 * that no call reaches are never touched.
 */
const CALL_STACK_BYTES = 8 * 2 ** 20;

let libc: LibC | undefined;

/** The C library of the process. */
export function cLibrary(): LibC {
  if (libc) return libc;
  koffi.config({ ...koffi.config(), async_stack_size: CALL_STACK_BYTES, sync_stack_size: CALL_STACK_BYTES });
  const handle = koffi.load('libc.so.6');
  // The type has a name because prototypes are parsed as text; a process declares it once.
  koffi.struct('TF_Output', { oper: 'void*', index: 'int' });
  libc = {
    memcpy: handle.func('void memcpy(void*, const void*, size_t)'),
    setenv: handle.func('int setenv(const char*, const char*, int)'),
    dlopen: handle.func('void* dlopen(const char*, int)'),
    dlerror: handle.func('const char* dlerror()'),
  };
  return libc;
}

/** What is called is looked up when it is called: a third of what loading libtensorflow takes (0.22 s instead of 0.34) is looking up what never is. */
const RTLD_LAZY = 0x1;
const RTLD_NODELETE = 0x1000;

/**
 * Loads a shared library for good.
 *
 * libtensorflow's threads outlive whoever unloads it: a process in which koffi's finalizer called `dlclose` crashes on
 * exit. `RTLD_NODELETE`, which koffi cannot pass, has to be in the first `dlopen`.
 * @throws Error with the loader's own message.
 */
export function loadForGood(path: string): NativeLibrary {
  const { dlopen, dlerror } = cLibrary();
  if (!dlopen(path, RTLD_LAZY | RTLD_NODELETE)) throw new Error(dlerror() ?? `cannot load ${path}`);
  const handle = koffi.load(path);
  return { declare: <F>(prototype: string) => handle.func(prototype) as unknown as F };
}

/** Native memory that C may keep a pointer to, unlike a typed array's, which the collector may move. */
export function allocateNative(bytes: number): Pointer {
  // At least one byte: an address is needed even where there is nothing to point at.
  return koffi.alloc('uint8_t', Math.max(bytes, 1)) as Pointer;
}

export function freeNative(pointer: Pointer): void {
  koffi.free(pointer);
}

/** A copy of `bytes` bytes at `pointer`. */
export function copyBytes(pointer: Pointer | null, bytes: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  if (bytes > 0) cLibrary().memcpy(copy, pointer, bytes);
  return copy;
}

import koffi from 'koffi';

const STDERR = 2;
const SEEK_END = 2;
/** What TensorFlow says while it is loaded, before it looks at `TF_CPP_MIN_LOG_LEVEL`, whatever the level is. */
const CHATTER = /^(WARNING: All log messages before absl::InitializeLog|I\d{4} .*oneDNN custom operations are on)/;

/**
 * Calls `load` with the chatter of TensorFlow's initialisers kept off standard error; anything else that is written there
 * meanwhile, such as a warning of the loader, appears after it.
 */
export function withoutChatter<T>(load: () => T): T {
  const libc = koffi.load('libc.so.6');
  const memfdCreate = libc.func('int memfd_create(const char*, uint)') as (name: string, flags: number) => number;
  const dup = libc.func('int dup(int)') as (fd: number) => number;
  const dup2 = libc.func('int dup2(int, int)') as (from: number, to: number) => number;
  const close = libc.func('int close(int)') as (fd: number) => number;
  const lseek = libc.func('int64_t lseek(int, int64_t, int)') as (fd: number, offset: number, whence: number) => number;
  const pread = libc.func('int64_t pread(int, void*, size_t, int64_t)') as (fd: number, to: Uint8Array, bytes: number, at: number) => number;
  const write = libc.func('int64_t write(int, const void*, size_t)') as (fd: number, from: Uint8Array, bytes: number) => number;

  const held = memfdCreate('stderr', 0);
  const original = held < 0 ? -1 : dup(STDERR);
  // Without a file to hold it (an old kernel, no descriptors left), the chatter is the lesser evil.
  if (original < 0) return load();
  dup2(held, STDERR);
  try {
    return load();
  } finally {
    dup2(original, STDERR);
    const bytes = new Uint8Array(Number(lseek(held, 0, SEEK_END)));
    pread(held, bytes, bytes.length, 0);
    close(held);
    close(original);
    const lines = new TextDecoder().decode(bytes).split('\n');
    const rest = new TextEncoder().encode(lines.filter((line) => !CHATTER.test(line)).join('\n'));
    if (rest.length > 0) write(STDERR, rest, rest.length);
  }
}

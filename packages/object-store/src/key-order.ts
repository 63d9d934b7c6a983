/** Sorted by the bytes of the keys' UTF-8, as S3 defines it. JavaScript's own order differs beyond U+FFFF. */
export function inKeyOrder<T extends { readonly key: string }>(objects: readonly T[]): T[] {
  return objects
    .map((object) => ({ object, bytes: Buffer.from(object.key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ object }) => object);
}

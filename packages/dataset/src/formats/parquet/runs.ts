/**
 * Checks parquet's hybrid of run lengths and bit packing without expanding it: a run of four bytes may announce a billion values.
 * @param count how many values it has
 * @param wanted values that are counted
 * @returns how many of the values are `wanted`
 * @throws RangeError where runs hold more values than there are, or end early
 */
export function checkRuns(bytes: Uint8Array, start: number, end: number, width: number, count: number, wanted = -1): number {
  let at = start;
  let same = 0;
  for (let seen = 0; seen < count; ) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new RangeError(`expected ${count} values in runs, they end after ${seen}`);
      const byte = bytes[at++] as number;
      header |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    header >>>= 0;
    const length = (header >>> 1) * (header & 1 ? 8 : 1);
    if (header & 1) {
      if (wanted >= 0) same += countPacked(bytes, at, end, width, Math.min(length, count - seen), wanted);
      at += (length / 8) * width;
    } else {
      if (length > count - seen) throw new RangeError(`expected ${count} values in runs, received more than ${seen + length}`);
      let value = 0;
      for (let i = 0; i < width; i += 8) value |= (bytes[at++] ?? 0) << i;
      if (value === wanted) same += length;
    }
    seen += length;
  }
  return same;
}

/** How many of `count` values of `width` bits, the lowest first, are `wanted`. */
function countPacked(bytes: Uint8Array, start: number, end: number, width: number, count: number, wanted: number): number {
  let same = 0;
  for (let i = 0, bit = start * 8; i < count; i++, bit += width) {
    let value = 0;
    for (let b = 0; b < width; b++) {
      const at = (bit + b) >>> 3;
      if (at >= end) throw new RangeError('expected packed values, they end early');
      value |= (((bytes[at] as number) >>> ((bit + b) & 7)) & 1) << b;
    }
    if (value === wanted) same++;
  }
  return same;
}

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** The values of an Int64List, packed or not. @throws Error where the bytes are none */
export function int64Values(list: Uint8Array): BigInt64Array {
  const reader = new BinaryReader(list);
  const packed: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const bytes = type === WireType.LengthDelimited ? reader.bytes() : reader.skip(type, number);
    if (number === 1 && (type === WireType.LengthDelimited || type === WireType.Varint)) packed.push(bytes);
  }
  const out = new BigInt64Array(packed.reduce((count, bytes) => count + countVarints(bytes), 0));
  const words = new Uint32Array(out.buffer); // pairs of low and high words: BigInts one by one take ten times as long
  let at = 0;
  for (const bytes of packed) at = unpack(bytes, words, at);
  return out;
}

/** Each ends in a byte whose high bit is clear. */
function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) < 0x80) count++;
  return count;
}

/** @returns where the next one goes */
function unpack(bytes: Uint8Array, words: Uint32Array, start: number): number {
  let to = start;
  let [low, high, shift] = [0, 0, 0];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >>> 4;
    } else if (shift < 70) high |= bits << (shift - 32);
    else throw new RangeError('expected integers of at most 10 bytes');
    shift += 7;
    if (byte >= 0x80) continue;
    words[to++] = low;
    words[to++] = high;
    [low, high, shift] = [0, 0, 0];
  }
  if (shift !== 0) throw new RangeError('expected whole integers, the last one is cut short');
  return to;
}

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { maskedCrc32c } from '../formats/tfrecord/crc32c.js';

type Values = readonly number[] | readonly bigint[] | readonly Uint8Array[] | readonly string[];

/** A tf.train.Example as protobuf writes it; with `packed: false` as some other writers do. */
export function example(features: Readonly<Record<string, Values | { ints: readonly number[] } | undefined>>, packed = true): Uint8Array {
  const inner = new BinaryWriter();
  for (const [name, values] of Object.entries(features)) {
    const entry = inner.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).fork();
    if (values !== undefined) writeList(entry, values, packed);
    inner.join().join();
  }
  return new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(inner.finish()).finish();
}

function writeList(writer: BinaryWriter, values: Values | { ints: readonly number[] }, packed: boolean): void {
  if ('ints' in values) {
    const list = writer.tag(3, WireType.LengthDelimited).fork();
    if (packed) list.tag(1, WireType.LengthDelimited).fork();
    for (const value of values.ints) (packed ? list : list.tag(1, WireType.Varint)).int64(value);
    if (packed) list.join();
    list.join();
  } else if (typeof values[0] === 'number') {
    const list = writer.tag(2, WireType.LengthDelimited).fork();
    if (packed) list.tag(1, WireType.LengthDelimited).fork();
    for (const value of values as readonly number[]) (packed ? list : list.tag(1, WireType.Bit32)).float(value);
    if (packed) list.join();
    list.join();
  } else {
    const list = writer.tag(1, WireType.LengthDelimited).fork();
    for (const value of values as readonly (Uint8Array | string)[]) list.tag(1, WireType.LengthDelimited).bytes(typeof value === 'string' ? Buffer.from(value) : value);
    list.join();
  }
}

/** A record with its checksums. */
export function frame(record: Uint8Array): Buffer {
  const out = Buffer.alloc(16 + record.length);
  out.writeBigUInt64LE(BigInt(record.length));
  out.writeUInt32LE(maskedCrc32c(out.subarray(0, 8)), 8);
  out.set(record, 12);
  out.writeUInt32LE(maskedCrc32c(record), 12 + record.length);
  return out;
}

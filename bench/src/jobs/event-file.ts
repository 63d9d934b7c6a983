/** An entry of a TensorBoard event file: when it was written and of what. */
export interface FileEvent {
  /** Milliseconds since 1970, with fractions, by the clock of who wrote it. */
  readonly wallTimeMs: number;
  readonly step: number;
  /** Of its summaries. */
  readonly tags: readonly string[];
}

/** Reads TFRecords (length 8 bytes, checksum 4, data, checksum 4) of `Event` messages. Checksums are not looked at. */
export function readEventFile(file: Uint8Array): FileEvent[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const events: FileEvent[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    events.push(readEvent(file.subarray(at + 12, at + 12 + length)));
    at += 12 + length + 4;
  }
  return events;
}

function readEvent(message: Uint8Array): FileEvent {
  let wallTimeMs = NaN;
  let step = 0;
  const tags: string[] = [];
  for (const { number, value } of fieldsOf(message)) {
    if (number === 1 && value instanceof Uint8Array) wallTimeMs = 1000 * new DataView(value.buffer, value.byteOffset).getFloat64(0, true);
    else if (number === 2) step = Number(value);
    else if (number === 5 && value instanceof Uint8Array) tags.push(...tagsOf(value));
  }
  return { wallTimeMs, step, tags };
}

/** `Summary`: field 1 repeats `Value`, whose field 1 is the tag. */
function* tagsOf(summary: Uint8Array): Generator<string> {
  for (const { number, value } of fieldsOf(summary)) {
    if (number !== 1 || !(value instanceof Uint8Array)) continue;
    for (const field of fieldsOf(value)) if (field.number === 1 && field.value instanceof Uint8Array) yield Buffer.from(field.value).toString();
  }
}

interface Field {
  readonly number: number;
  /** A number for a varint; the bytes of anything else. */
  readonly value: bigint | Uint8Array;
}

/** The fields of a protocol buffer. @throws Error for a wire type that events do not have. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error(`event file: expected more than ${message.length} bytes of a message`);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Uint8Array => message.subarray(at, (at += length));
  while (at < message.length) {
    const key = Number(varint());
    const [number, wireType] = [key >> 3, key & 7];
    if (wireType === 0) yield { number, value: varint() };
    else if (wireType === 1) yield { number, value: bytes(8) };
    else if (wireType === 2) yield { number, value: bytes(Number(varint())) };
    else if (wireType === 5) yield { number, value: bytes(4) };
    else throw new Error(`event file: expected wire type 0, 1, 2 or 5, received ${wireType}`);
  }
}

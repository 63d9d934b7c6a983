/** One field of a message: a number for varints, bytes for everything that has a length or a fixed size. */
export interface ProtoField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a message, in order. Varints above 2^53 lose precision: nothing that is read here has any.
 * @throws RangeError when the message ends inside a field; TypeError for a wire type that does not exist.
 */
export function* readFields(bytes: Uint8Array): Generator<ProtoField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('a protocol buffer ends within a field');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('a protocol buffer ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: take(8) };
        break;
      case 2:
        yield { number, value: take(varint()) };
        break;
      case 5:
        yield { number, value: take(4) };
        break;
      default:
        throw new TypeError(`a protocol buffer has the wire type ${key % 8}, which does not exist`);
    }
  }
}

/** A field's bytes as text. */
export function textOf(field: ProtoField): string {
  return typeof field.value === 'number' ? String(field.value) : new TextDecoder().decode(field.value);
}

/**
 * Writes protocol buffers' wire format (https://protobuf.dev/programming-guides/encoding/): what the few messages of
 * an event file need. Members of the default value are written too: TensorBoard tells "step 0" from "no step" by it.
 */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];

  double(field: number, value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return this.#tag(field, WIRE_64).#push(bytes);
  }

  float(field: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return this.#tag(field, WIRE_32).#push(bytes);
  }

  /** int32, int64, enum: a negative number takes ten bytes, as its 64-bit two's complement. */
  int(field: number, value: number | bigint): this {
    return this.#tag(field, WIRE_VARINT).#push(varint(BigInt.asUintN(64, BigInt(value))));
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, WIRE_LENGTH).#push(varint(BigInt(value.length))).#push(value);
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish());
  }

  /** `repeated double`, packed. */
  doubles(field: number, values: ArrayLike<number>): this {
    const bytes = Buffer.alloc(8 * values.length);
    for (let i = 0; i < values.length; i++) bytes.writeDoubleLE(values[i] ?? 0, 8 * i);
    return this.bytes(field, bytes);
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  #tag(field: number, wireType: number): this {
    return this.#push(varint(BigInt((field << 3) | wireType)));
  }

  #push(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }
}

const WIRE_VARINT = 0;
const WIRE_64 = 1;
const WIRE_LENGTH = 2;
const WIRE_32 = 5;

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/**
 * Enough of the protocol buffers wire format to write a message: https://protobuf.dev/programming-guides/encoding.
 * Fields must be written in the order of their numbers for the bytes to equal what TensorFlow itself serialises.
 */
export class ProtoWriter {
  readonly #chunks: number[] = [];

  /** int32, int64, uint, enum: two's complement in ten bytes where negative. */
  integer(field: number, value: number): this {
    this.#varint(BigInt(field) << 3n);
    this.#varint(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  bool(field: number, value: boolean): this {
    return this.integer(field, value ? 1 : 0);
  }

  double(field: number, value: number): this {
    this.#varint((BigInt(field) << 3n) | 1n);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.#chunks.push(...bytes);
    return this;
  }

  string(field: number, value: string): this {
    return this.message(field, new TextEncoder().encode(value));
  }

  /** A sub-message, or bytes. */
  message(field: number, bytes: Uint8Array): this {
    this.#varint((BigInt(field) << 3n) | 2n);
    this.#varint(BigInt(bytes.length));
    for (const byte of bytes) this.#chunks.push(byte);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#chunks);
  }

  #varint(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.#chunks.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#chunks.push(Number(rest));
  }
}

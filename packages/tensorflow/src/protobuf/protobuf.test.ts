import { describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import { loadTensorFlow } from '../library/tensorflow.js';
import { OpDefinitions } from './op-definitions.js';
import { readFields, textOf } from './reader.js';
import { ProtoWriter } from './writer.js';

describe('the wire format', () => {
  it('writes what the encoding guide shows', () => {
    // https://protobuf.dev/programming-guides/encoding: `150`, `"testing"`, a message within a message
    expect(new ProtoWriter().integer(1, 150).finish()).toEqual(Uint8Array.of(0x08, 0x96, 0x01));
    expect(new ProtoWriter().string(2, 'testing').finish()).toEqual(Uint8Array.of(0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67));
    expect(new ProtoWriter().message(3, Uint8Array.of(0x08, 0x96, 0x01)).finish()).toEqual(Uint8Array.of(0x1a, 0x03, 0x08, 0x96, 0x01));
    expect(new ProtoWriter().integer(1, -1).finish()).toEqual(Uint8Array.of(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01));
  });

  it('reads back what it writes', () => {
    const bytes = new ProtoWriter().integer(1, 300).string(200, 'é').bool(3, true).double(4, 0.5).finish();
    const fields = [...readFields(bytes)];
    expect(fields.map((field) => field.number)).toEqual([1, 200, 3, 4]);
    expect(fields[0]?.value).toBe(300);
    expect(textOf(fields[1]!)).toBe('é');
    expect(fields[2]?.value).toBe(1);
    expect(fields[3]?.value).toEqual(new Uint8Array(Float64Array.of(0.5).buffer));
  });

  it('refuses what is cut short or has no such wire type', () => {
    expect(() => [...readFields(Uint8Array.of(0x12, 0x07, 0x74))]).toThrow('ends within a field');
    expect(() => [...readFields(Uint8Array.of(0x08, 0x96))]).toThrow('ends within a field');
    expect(() => [...readFields(Uint8Array.of(0x0f))]).toThrow('wire type 7');
  });
});

describe('the op definitions of the library', () => {
  const definitions = new OpDefinitions(loadTensorFlow(findLibrary(process.env)));

  it('cover every op', () => {
    expect(definitions.size).toBeGreaterThan(1000);
    expect(() => definitions.get('NoSuchOp')).toThrow('TensorFlow has no op NoSuchOp');
  });

  it('tell lists of inputs from single ones', () => {
    expect(definitions.get('ConcatV2').inputs).toEqual([
      { name: 'values', listAttribute: 'N', inferredAttributes: ['T', 'N'] },
      { name: 'axis', inferredAttributes: ['Tidx'] },
    ]);
    expect(definitions.get('While').inputs).toEqual([{ name: 'input', listAttribute: 'T', inferredAttributes: ['T'] }]);
  });

  it('tell which attributes TensorFlow infers', () => {
    expect([...definitions.get('Cast').inferred]).toEqual(['SrcT']); // not DstT, which nothing tells
    expect([...definitions.get('Pack').inferred]).toEqual(['T', 'N']);
  });
});

import { gzipSync } from 'node:zlib';
import { encodeNpz } from '@trainyard/ndarray';
import type { Random } from '../random.js';
import type { WrittenCall } from './call.js';

type Change = (call: WrittenCall, random: Random) => WrittenCall;

const at = (length: number, random: Random): number => Math.floor(random.next() * length);
const withBody = (call: WrittenCall, body: Buffer): WrittenCall => ({ ...call, body });
const withHeader = (call: WrittenCall, name: string, value: string): WrittenCall => ({ ...call, headers: { ...call.headers, [name]: value } });

function spliced(body: Buffer, from: number, to: number, between: Buffer): Buffer {
  return Buffer.concat([body.subarray(0, from), between, body.subarray(to)]);
}

/** What is put into a text, or takes a number's place there. */
const words = ['NaN', 'Infinity', '-Infinity', '1e400', '-0', '00', '0x10', '1_000', '1e', '"', '\\', '\\u0000', '\\ud800', ',', '[', ']', '{', '}', 'null', '"__proto__":{},', '"constructor":{"prototype":{}},', '\u0000', '\ufeff', '// ', '9'.repeat(400), '['.repeat(100_000), '{"a":'.repeat(1_000)];

/** npz archives that are none, or hold what a model does not take. */
const archives: readonly (() => Uint8Array)[] = [
  () => encodeNpz([]),
  () => encodeNpz([['x', { dtype: 'float64', shape: [0, 8], data: new Float64Array(0) }]]),
  () => encodeNpz([['x', { dtype: 'bool', shape: [], data: new Uint8Array(1) }]]),
  () => encodeNpz([['../../x', { dtype: 'int64', shape: [1, 1], data: new BigInt64Array(1) }]]),
  () => encodeNpz(Array.from({ length: 300 }, (_, i) => [`arr_${i}`, { dtype: 'float32', shape: [1], data: new Float32Array(1) }] as const)),
  () => Buffer.from('PK\u0005\u0006'.padEnd(22, '\u0000'), 'latin1'),
];

/** Texts that stand in an npy header for others of the same length. */
const headerTexts = [['<f4', '>f4'], ['<f4', '|O4'], ['<f4', '<c8'], ['<f4', '<U9'], ["'fortran_order': False", "'fortran_order': True "], ['shape', 'shapf'], ['(3', '(9'], ['(3', '(-'], [', ', ',,']] as const;

const changes: readonly Change[] = [
  (call, random) => withBody(call, call.body.subarray(0, at(call.body.length, random))),
  (call, random) => {
    const body = Buffer.from(call.body);
    for (let i = 0; i <= at(8, random); i++) body[at(body.length, random)] = at(256, random);
    return withBody(call, body);
  },
  (call, random) => {
    const from = at(call.body.length, random);
    return withBody(call, spliced(call.body, from, from + at(4, random), Buffer.from(random.pick(words))));
  },
  (call, random) => {
    const numbers = [...call.body.toString('latin1').matchAll(/-?\d[\d.e+-]*/g)];
    if (numbers.length === 0) return withBody(call, Buffer.from(random.pick(words)));
    const number = random.pick(numbers);
    return withBody(call, spliced(call.body, number.index, number.index + number[0].length, Buffer.from(random.pick(words))));
  },
  (call, random) => {
    const from = at(call.body.length, random);
    return withBody(call, spliced(call.body, from, from, call.body.subarray(from, from + at(200, random))));
  },
  (call, random) => withBody(call, Buffer.from(Array.from({ length: at(300, random) }, () => at(256, random)))),
  (call) => withBody(call, Buffer.alloc(0)),
  (call) => withBody(call, Buffer.concat([call.body, call.body])),
  (call) => withBody(call, Buffer.concat([Buffer.from('\ufeff'), call.body])),
  (call, random) => withHeader(call, 'inference-header-content-length', random.pick(['0', '1', '-1', '99999999999999999999', '1.5', 'NaN', '', '0x10', String(call.body.length), String(call.body.length + 1), String(at(call.body.length, random)), '9007199254740993'])),
  (call, random) => withHeader(call, 'content-type', random.pick(['application/x-npz', 'application/octet-stream', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json; charset=utf-16', 'a/b', ''])),
  (call, random) => withHeader(call, 'accept', random.pick(['application/x-npz', 'text/html', '*/*;q=0', 'application/x-npz, application/json'])),
  (call, random) => withHeader(call, 'content-encoding', random.pick(['gzip', 'deflate', 'br', 'gzip, gzip', 'zstd'])),
  (call, random) => withHeader(withBody(call, gzipSync(call.body).subarray(0, 12 + at(call.body.length, random))), 'content-encoding', 'gzip'),
  (call) => withHeader(withBody(call, gzipSync(Buffer.alloc(2 ** 23, ' '))), 'content-encoding', 'gzip'),
  (call, random) => withBody(call, Buffer.from(random.pick(archives)())),
  (call, random) => {
    const [text, other] = random.pick(headerTexts);
    return withBody(call, Buffer.from(call.body.toString('latin1').replace(text, other), 'latin1'));
  },
  (call, random) => ({ ...call, path: `${call.path}${random.pick(['?checkpoint=', '?batch_size=0', '?batch_size=1e9', '?layers=,,', '?top_k=NaN', '?deadline_ms=-1', '?outputs=all', '?x[]=1', '?checkpoint=%00', '?%', '/', '%2f', '%'])}` }),
  (call, random) => ({ ...call, path: call.path.replace(/(job_\w+)/, random.pick(['$1@', '$1@best', '$1@%00', '$1%20', `$1@${'x'.repeat(2_000)}`, 'none', '..%2f..', '%F0%9F%9A%82', '$1/versions/99999999999', '$1/versions/-1'])) }),
  (call, random) => ({ ...call, cutOffAt: at(call.body.length + 1, random) }),
];

/** A call with something wrong in its bytes, its headers or its path. */
export const changeBytes: Change = (call, random) => random.pick(changes)(call, random);

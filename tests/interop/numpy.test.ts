import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeNpz, encodeNpz, type NdArray } from '@trainyard/ndarray';
import { pythonEnvironment, type PythonEnvironment } from '../support/python.js';

/** Writes arrays of many kinds, stored and compressed, and what is in them as JSON. */
const WRITE = `
import json, numpy, os, sys
random = numpy.random.RandomState(0)
arrays = dict(
    f2=random.randn(5).astype('f2'), f8=random.randn(2, 3).astype('>f8'), i4=numpy.arange(4, dtype='>i4'), i8=numpy.array([-2**53 + 1]),
    fortran=numpy.asfortranarray(numpy.arange(24, dtype='f4').reshape(2, 3, 4)), flags=numpy.array([True, False]),
    i1=numpy.array([-1, 2], 'i1'), u4=numpy.array([4000000000], 'u4'), scalar=numpy.array(3.5), empty=numpy.zeros((0, 3), 'f4'))
numpy.savez(os.path.join(sys.argv[1], 'stored.npz'), **arrays)
numpy.savez_compressed(os.path.join(sys.argv[1], 'compressed.npz'), **arrays)
print(json.dumps({name: [list(a.shape), [float(v) for v in a.ravel()]] for name, a in arrays.items()}))
`;
const READ = `
import json, numpy, sys
print(json.dumps([{name: [list(a.shape), [float(v) for v in a.ravel()]] for name, a in numpy.load(path).items()} for path in sys.argv[1:]]))
`;

let environment: PythonEnvironment | { skipped: string };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-numpy-'));
  environment = await pythonEnvironment(['numpy==2.2.6']);
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('numpy and we read what the other wrote', { timeout: 300_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  const expected = await environment.run(WRITE, [folder]);
  const stored = decodeNpz(await readFile(join(folder, 'stored.npz')));
  expect(described(stored)).toEqual(expected);
  expect(described(decodeNpz(await readFile(join(folder, 'compressed.npz'))))).toEqual(expected);

  const ours = [join(folder, 'ours.npz'), join(folder, 'ours-compressed.npz')];
  await writeFile(ours[0]!, encodeNpz(stored));
  await writeFile(ours[1]!, encodeNpz(stored, { compress: true }));
  expect(await environment.run(READ, ours)).toEqual([expected, expected]);
});

function described(arrays: ReadonlyMap<string, NdArray>): Record<string, unknown> {
  return Object.fromEntries([...arrays].map(([name, { shape, data }]) => [name, [shape, Array.from(data as ArrayLike<number | bigint>, Number)]]));
}

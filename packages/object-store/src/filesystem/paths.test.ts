import { expect, test } from 'vitest';
import { pathOfKey, segmentOfName } from './paths.js';

const decode = (names: string[]) => {
  let key = '';
  for (const [at, name] of names.entries()) {
    const segment = segmentOfName(name)!;
    key += segment.text + (segment.continued || at === names.length - 1 ? '' : '/');
  }
  return key;
};

const keys = ['projects/p/files/digits.npz', 'A/a', 'é/É', 'a%41', '%2e%2e/x', 'x:y/z*', 'x'.repeat(1000), '日本語'.repeat(100), '.trainyard/x', '.Trainyard', `${'y'.repeat(240)}/${'z'.repeat(241)}`];

test.each([true, false])('every key has a path of its own, and comes back from it (folding names: %s)', (foldsNames) => {
  const paths = keys.map((key) => pathOfKey(key, { foldsNames }));
  expect(paths.map(decode)).toEqual(keys);
  const joined = paths.map((names) => (foldsNames ? names.join('/').toLowerCase().normalize('NFC') : names.join('/')));
  expect(new Set(joined).size).toBe(keys.length);
  for (const names of paths) for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
});

test('ordinary keys are their own paths', () => {
  expect(pathOfKey('projects/p/jobs/job_01JABC/checkpoints/model-ep003-loss0.1 (2).h5', { foldsNames: false })).toEqual([
    'projects', 'p', 'jobs', 'job_01JABC', 'checkpoints', 'model-ep003-loss0.1 (2).h5',
  ]);
});

test("no key reaches the store's own folder", () => {
  for (const foldsNames of [true, false]) expect(pathOfKey('.trainyard/etags/x', { foldsNames })[0]).not.toBe('.trainyard');
});

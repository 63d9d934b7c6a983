import { expect, test } from 'vitest';
import { keyInFragment } from './stored-key.js';

test.each([
  ['#key=ty_abc-DEF_123', 'ty_abc-DEF_123'],
  ['#key=sk_other', undefined],
  ['#key=ty_', undefined],
  ['#/jobs?key=ty_abc', undefined],
  ['', undefined],
])('the key in the link %s', (fragment, key) => {
  expect(keyInFragment(fragment)).toBe(key);
});

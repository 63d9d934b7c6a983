import { readFile } from 'node:fs/promises';
import { errorCodes } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { readRemedies } from './remedies.js';

test('every code of the catalogue has a remedy in docs/errors.md', async () => {
  const remedies = readRemedies(await readFile(new URL('../../../../docs/errors.md', import.meta.url), 'utf8'));
  expect([...remedies.keys()].sort()).toEqual([...errorCodes].sort());
  expect(remedies.get('in_use')).toBe('Wait until that job has ended, or cancel it; delete the alias or its version; move the alias first.');
});

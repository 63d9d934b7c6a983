import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorCatalogue, errorCodes, issueCodes } from './catalogue.js';

const docs = await readFile(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const sections = new Map(
  docs
    .split(/^## /m)
    .slice(1)
    .map((section) => [/^`(\w+)`/.exec(section)?.[1] ?? section.split('\n', 1)[0], section] as const),
);

test('docs/errors.md has a section for each code of the catalogue, and no other', () => {
  expect([...sections.keys()].filter((name) => name !== 'Entries of `errors`').sort()).toEqual([...errorCodes].sort());
});

test.each(errorCodes)('the section of %s tells its status, whether to retry, and what to do', (code) => {
  const { status, retryable } = errorCatalogue[code];
  const section = sections.get(code) ?? '';
  expect(section).toContain(`${status} · ${retryable ? 'retryable' : 'not retryable'}`);
  expect(section).toContain('What to do:');
});

test('docs/errors.md lists the codes of single entries, and no other', () => {
  const table = sections.get('Entries of `errors`') ?? '';
  const listed = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(listed.sort()).toEqual(Object.keys(issueCodes).sort());
});

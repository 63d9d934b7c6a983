import { expect, test } from 'vitest';
import { JobsSearch, parseMetadata, toFilter } from './filter.js';

test.each([
  ['', {}],
  ['team=nlp', { team: 'nlp' }],
  [' team = nlp , stage=a=b,', { team: 'nlp', stage: 'a=b' }],
  ['team=', { team: '' }],
  ['team', undefined],
  ['=nlp', undefined],
])('the metadata %j', (text, entries) => {
  expect(parseMetadata(text)).toEqual(entries);
});

test('what an address says that is no filter is left out', () => {
  expect(toFilter(JobsSearch.parse({ status: ['lost'], kind: 'scan', name: 7, metadata: 'team=nlp' }))).toEqual({ metadata: { team: 'nlp' } });
  expect(toFilter(JobsSearch.parse({ status: ['failed'], kind: 'evaluate', name: 'x', metadata: 'half' }))).toEqual({ status: ['failed'], kind: 'evaluate', name: 'x' });
  expect(toFilter(JobsSearch.parse({ status: [], name: '' }))).toEqual({});
});

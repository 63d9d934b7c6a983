import { expect, it } from 'vitest';
import { Promises, verdictOf } from './promises.js';

const texts = { kept: 'a promise', broken: 'another', unseen: 'a third', skipped: 'a fourth' };

it('a promise is kept when it was looked at and never found broken', () => {
  const said: string[] = [];
  const promises = new Promises(texts, (text) => said.push(text));
  promises.check('kept', true, 'all is well', 'here');
  promises.nothing('kept', [], 'there');
  promises.check('broken', true, 'all is well', 'here');
  promises.nothing('broken', ['a row twice', 'a row missing'], 'job_1');
  promises.skip('skipped', 'no such server');
  expect(promises.results().map((result) => [result.promise, verdictOf(result), result.checks])).toEqual([
    ['a promise', 'kept', 2],
    ['another', 'broken', 2],
    ['a third', 'broken', 0],
    ['a fourth', 'skipped', 0],
  ]);
  expect(promises.results()[1]?.breaches).toEqual([{ seen: 'a row twice; a row missing', where: 'job_1' }]);
  expect(said).toEqual(['BROKEN\n    promised: another\n    seen: a row twice; a row missing\n    where: job_1']);
});

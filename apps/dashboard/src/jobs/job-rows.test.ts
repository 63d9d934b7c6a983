import type { Job } from '@trainyard/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePage, noRows, type JobRows } from './job-rows.js';

const job = (number: number): Job => ({ id: `job_${String(number).padStart(4, '0')}` }) as Job;
const numbers = ({ jobs }: JobRows): number[] => jobs.map(({ id }) => Number(id.slice(4)));

/** A page as the API answers it. */
function pageOf(all: readonly number[], limit: number, after?: string) {
  const sorted = [...all].sort((a, b) => b - a).map(job).filter(({ id }) => after === undefined || id < after);
  const data = sorted.slice(0, limit);
  return { data, last_id: data.at(-1)?.id ?? null, has_more: sorted.length > limit };
}

test('pages follow one another to the end of the list', () => {
  let rows = mergePage(noRows, pageOf([1, 2, 3, 4, 5], 2), undefined);
  expect([numbers(rows), rows.complete]).toEqual([[5, 4], false]);
  rows = mergePage(rows, pageOf([1, 2, 3, 4, 5], 2, 'job_0004'), 'job_0004');
  rows = mergePage(rows, pageOf([1, 2, 3, 4, 5], 2, 'job_0002'), 'job_0002');
  expect([numbers(rows), rows.complete]).toEqual([[5, 4, 3, 2, 1], true]);
});

test('new jobs come first, and those that a page should have and has not are gone', () => {
  const rows = mergePage(noRows, pageOf([1, 2, 3, 4, 5], 5), undefined);
  expect(numbers(mergePage(rows, pageOf([1, 2, 4, 6], 3), undefined))).toEqual([6, 4, 2, 1]);
  expect(numbers(mergePage(rows, pageOf([1, 5], 2, 'job_0004'), 'job_0004'))).toEqual([5, 4, 1]);
});

test('after more new jobs than a page has, nothing is shown beside a gap', () => {
  const rows = mergePage(noRows, pageOf([1, 2, 3], 3), undefined);
  const later = mergePage(rows, pageOf([1, 2, 3, 4, 5, 6, 7], 2), undefined);
  expect([numbers(later), later.complete]).toEqual([[7, 6], false]);
});

test('whatever is added and deleted in between, reading all pages once more shows the list as it is', () => {
  const list = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
  fc.assert(
    fc.property(list, list, fc.integer({ min: 1, max: 7 }), (before, now, limit) => {
      const readAll = (all: readonly number[], start: JobRows): JobRows => {
        let rows = start;
        for (let after: string | undefined; ; ) {
          const page = pageOf(all, limit, after);
          rows = mergePage(rows, page, after);
          if (!page.has_more) return rows;
          after = page.last_id ?? undefined;
        }
      };
      const rows = readAll(now, readAll(before, noRows));
      expect(numbers(rows)).toEqual([...now].sort((a, b) => b - a));
    }),
  );
});

import { expect, test } from 'vitest';
import { CheckpointId, JobId, newCheckpointId, newJobId, newUlid } from './ids.js';

test('ids have their prefix and pattern', () => {
  expect(JobId.safeParse(newJobId()).success).toBe(true);
  expect(CheckpointId.safeParse(newCheckpointId()).success).toBe(true);
  expect(JobId.safeParse(newCheckpointId()).success).toBe(false);
  expect(JobId.safeParse('job_../../etc/passwd').success).toBe(false);
});

test('a ULID begins with the time', () => {
  const later = newUlid(Date.now() + 1000);
  expect(later > newUlid(0)).toBe(false); // time never runs backwards: the second counts on from the first
  expect(newUlid(Date.now() + 10_000).slice(0, 10) > later.slice(0, 10)).toBe(true);
});

test('ids that one process makes are unique and sort in the order in which they were made', () => {
  const ids = Array.from({ length: 5000 }, () => newUlid());
  expect(new Set(ids).size).toBe(5000);
  expect([...ids].sort()).toEqual(ids);
});

import { findAlias, moveAlias } from '@trainyard/database';
import { createScratchDatabase, runningJob, type ScratchDatabase } from '@trainyard/database/testing';
import { newCheckpointId } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ShadowCounts } from './shadow-counts.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

test('outcomes of many requests are added up, by alias and version', async () => {
  const { database } = scratch;
  const { projectId } = await runningJob(database);
  const target = { jobId: null, uri: 'files/m.h5', sourceSha256: 'x', checkpointId: newCheckpointId(), filename: 'm.h5', kind: 'model' as const, key: 'k', sha256: 'x', signature: { inputs: [], outputs: [] } };
  for (const name of ['a', 'b']) await moveAlias(database, { projectId, name, split: [{ ...target, weight: 1 }], shadow: target });
  const errors: unknown[] = [];
  const counts = new ShadowCounts(database, (error) => errors.push(error));
  const a = { projectId, name: 'a', version: 1 };
  for (let i = 0; i < 500; i++) counts.add(a, i % 5 === 0 ? { kind: 'different', maxDifference: i / 1000 } : { kind: 'equal', maxDifference: 0 });
  counts.add(a, { kind: 'different', maxDifference: null });
  counts.add(a, { kind: 'failed' });
  counts.add({ ...a, name: 'b' }, { kind: 'skipped' });
  counts.add({ ...a, name: 'gone' }, { kind: 'skipped' });
  await counts.written();
  expect((await findAlias(database, projectId, 'a'))?.versions[0]?.report).toEqual({ asked: 502, different: 101, failed: 1, skipped: 0, max_difference: 0.495 });
  expect((await findAlias(database, projectId, 'b'))?.versions[0]?.report).toEqual({ asked: 0, different: 0, failed: 0, skipped: 1, max_difference: null });
  expect(errors).toEqual([]);
});

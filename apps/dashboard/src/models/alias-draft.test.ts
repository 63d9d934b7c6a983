import { AliasBody, type ModelVersion } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { aliasBody, draftOf, emptyTarget, formatShare, shares } from './alias-draft.js';

const job = 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D';
const checkpoint = 'ckpt_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D';
const report = { asked: 0, different: 0, failed: 0, skipped: 0, max_difference: null };
const ofJob = { job, checkpoint, filename: 'final.h5', uri: null };
const ofFile = { job: null, checkpoint, filename: 'm.h5', uri: 'files/m.h5' };

test.each<[string, Pick<ModelVersion, 'split' | 'shadow'>, object]>([
  ['a checkpoint', { split: [{ ...ofJob, weight: 7 }], shadow: null }, { job, checkpoint, shadow: null }],
  ['a file, with a shadow', { split: [{ ...ofFile, weight: 1 }], shadow: { ...ofJob, report } }, { uri: 'files/m.h5', shadow: { job, checkpoint } }],
  ['a split', { split: [{ ...ofJob, weight: 95 }, { ...ofFile, weight: 5 }], shadow: null }, { split: [{ job, checkpoint, weight: 95 }, { uri: 'files/m.h5', weight: 5 }], shadow: null }],
])('%s that answers is what its draft sets once more', (_, version, body) => {
  expect(aliasBody(draftOf(version))).toEqual(body);
  expect(AliasBody.safeParse(body).success).toBe(true);
});

const whole = { ...emptyTarget, job };
test.each([
  ['no target', { targets: [], shadow: undefined }],
  ['no job', { targets: [emptyTarget], shadow: undefined }],
  ['a path that is no file', { targets: [{ ...emptyTarget, kind: 'file' as const, uri: 'm.h5' }], shadow: undefined }],
  ['no weight', { targets: [whole, { ...whole, weight: '' as const }], shadow: undefined }],
  ['a weight of nothing', { targets: [whole, { ...whole, weight: 0 }], shadow: undefined }],
  ['a shadow without a job', { targets: [whole], shadow: emptyTarget }],
])('with %s it cannot be set yet', (_, draft) => {
  expect(aliasBody(draft)).toBeUndefined();
});

test('shares of requests', () => {
  expect(shares([3, 1, '']).map(formatShare)).toEqual(['75 %', '25 %', '0 %']);
  expect(shares(['', 0])).toEqual([0, 0]);
  expect(formatShare(1 / 300)).toBe('0.333 %');
});

import { EvaluateBody, type Job } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { draftFor, inferenceBody } from './inference-body.js';

const source = (changes: object) => ({ uri: 'files/a.csv', transforms: [], ...changes });
const data = (train: object, validation: object | null): Pick<Job, 'data'> => ({ data: { train, validation } }) as Pick<Job, 'data'>;
const dataset = 'ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D';

test.each<[string, Pick<Job, 'data'>, object]>([
  ['what it was validated by', data(source({}), source({ uri: ['files/b.csv', 'files/c.csv'] })), { data: { uri: 'files/b.csv' }, batch_size: 32 }],
  ['the dataset that it was trained on', data(source({ dataset }), null), { data: { dataset }, batch_size: 32 }],
])('a job is evaluated on %s, unless one says otherwise', (_, job, body) => {
  expect(inferenceBody(draftFor(job))).toEqual(body);
  expect(EvaluateBody.safeParse(body).success).toBe(true);
});

test('what is said is in the body, and what is missing keeps it from being sent', () => {
  const draft = draftFor(data(source({}), null));
  expect(inferenceBody({ ...draft, checkpoint: 'best', batchSize: '', name: 'test' })).toEqual({ data: { uri: 'files/a.csv' }, checkpoint: 'best', name: 'test' });
  expect([inferenceBody({ ...draft, uri: 'a.csv' }), inferenceBody({ ...draft, from: 'dataset' })]).toEqual([undefined, undefined]);
});

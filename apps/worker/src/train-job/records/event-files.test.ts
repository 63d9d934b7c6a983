import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { claimJob, endAttempt, FencedError } from '@trainyard/database';
import { createScratchDatabase, runningJob, type ScratchDatabase } from '@trainyard/database/testing';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Attempt } from '../attempt.js';
import { EventFiles, positionFromFiles, positionToFiles } from './event-files.js';
import { Journal } from './journal.js';

let folder: string;
let store: ObjectStore;
let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'trainyard-events-'));
  store = await openObjectStore(pathToFileURL(folder).href);
});
afterAll(async () => {
  await scratch.drop();
  await rm(folder, { recursive: true });
});

/** The log of an attempt, which holds the job from now on. */
async function open(jobId: string, attempt: number) {
  if (attempt > 1) {
    await endAttempt(scratch.database, { jobId, attempt: attempt - 1 }, { status: 'queued', reason: 'worker lost' });
    await claimJob(scratch.database, { job: jobId, attempt }, { worker: 'another', leaseMs: 60_000 });
  }
  const journal = new Journal(() => undefined);
  const parts = { journal, store, database: scratch.database, order: { project: 'p', ref: { jobId, attempt } } } as unknown as Attempt;
  return { events: new EventFiles(parts), journal };
}

/** The records of all files, in the order in which TensorBoard reads them. */
async function records(jobId: string): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const { key } of store.list(`projects/p/jobs/${jobId}/tensorboard/train/`)) {
    const bytes = Buffer.from(await store.read(key));
    for (let at = 0; at < bytes.length; ) {
      const length = Number(bytes.readBigUInt64LE(at));
      found.push(bytes.subarray(at + 12, at + 12 + length));
      at += 16 + length;
      expect(at).toBeLessThanOrEqual(bytes.length); // no record is cut
    }
  }
  return found;
}

const add = (events: EventFiles, from: number, to: number, size = 1): void => {
  for (let step = from; step < to; step++) events.add({ step, summaries: [{ kind: 'scalar', tag: `s${step}`.padEnd(size, '-'), value: step }] });
};
const steps = async (jobId: string): Promise<number[]> =>
  (await records(jobId)).flatMap((record) => /s(\d+)/.exec(record.toString('latin1'))?.[1] ?? []).map(Number);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

it('stores all events, in files of a bounded size', async () => {
  const { jobId } = await runningJob(scratch.database);
  const { events, journal } = await open(jobId, 1);
  for (let i = 0; i < 40; i++) {
    add(events, i * 100, (i + 1) * 100, 1000);
    events.flush();
  }
  await journal.flush();
  expect(await steps(jobId)).toEqual(range(0, 4000));
  let files = 0;
  for await (const { bytes } of store.list(`projects/p/jobs/${jobId}/`)) {
    files++;
    expect(bytes).toBeLessThan(2 ** 21);
  }
  expect(files).toBeGreaterThan(2);
});

it('goes on from a snapshot: what came after it is gone', async () => {
  const { jobId } = await runningJob(scratch.database);
  const first = await open(jobId, 1);
  add(first.events, 0, 5);
  const position = first.events.position();
  first.events.flush();
  add(first.events, 5, 9);
  first.events.flush();
  await first.journal.flush();
  expect(await steps(jobId)).toEqual(range(0, 9));

  const second = await open(jobId, 2);
  await second.events.restore(position);
  await second.journal.flush();
  expect(await steps(jobId)).toEqual(range(0, 5));
  add(second.events, 5, 12);
  second.events.flush();
  await second.journal.flush();
  expect(await steps(jobId)).toEqual(range(0, 12));

  const third = await open(jobId, 3);
  await third.events.restore();
  expect(await steps(jobId)).toEqual([]);
});

it('goes on from a snapshot of the moment in which a file has just become full', async () => {
  const { jobId } = await runningJob(scratch.database);
  const first = await open(jobId, 1);
  add(first.events, 0, 1100, 1000);
  first.events.flush();
  const kept = positionToFiles(first.events.position());
  await first.journal.flush();

  const second = await open(jobId, 2);
  await second.events.restore(positionFromFiles(kept));
  add(second.events, 1100, 1105);
  second.events.flush();
  await second.journal.flush();
  expect(await steps(jobId)).toEqual(range(0, 1105));
});

it('an attempt that lost its job without knowing it leaves nothing behind', async () => {
  const { jobId } = await runningJob(scratch.database);
  const stale = await open(jobId, 1);
  add(stale.events, 0, 5);
  const position = stale.events.position();
  stale.events.flush();
  await stale.journal.flush();

  const second = await open(jobId, 2);
  await second.events.restore(position);
  add(second.events, 5, 8);
  second.events.flush();
  await second.journal.flush();
  add(stale.events, 5, 20);
  stale.events.flush();
  await expect(stale.journal.flush()).rejects.toThrow(FencedError);
  expect(await steps(jobId)).toEqual(range(0, 8));
});

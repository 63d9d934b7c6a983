import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runningJob } from '../testing/example-job.js';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import { FencedError } from '../errors.js';
import { findAnyJob } from '../jobs/find-jobs.js';
import { addCheckpoint, listCheckpoints, takeReplacedCheckpoints } from './checkpoints.js';
import { appendEvents, listEvents, listLogs } from './events.js';
import { listHistory, recordEpoch } from './history.js';
import { listSteps, recordSteps } from './metrics.js';
import { listResources, recordResources } from './resource-samples.js';
import { discardSnapshot, saveSnapshot } from './snapshot.js';
import { blockSteps, rewindExtremes } from './step-extremes.js';
import { thinSteps } from './thin-steps.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

const progress = { epoch: 1, epochs: 3, step: 10, steps_per_epoch: 10, fraction: 0.33, eta_s: null };
const checkpoint = (id: string, step: number, filename: string, final = false) => ({
  ...{ id, filename, epoch: 0, step, kind: 'weights' as const, final, metrics: { loss: 1 }, bytes: 5_000_000_000, sha256: 'x' },
  key: `k/${id}`,
});

test('events that many writers append at once are numbered without gaps, in the order of their commits', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const line = (message: string) => ({ type: 'log' as const, data: { level: 'info' as const, message } });
  await Promise.all(Array.from({ length: 12 }, (_, n) => appendEvents(database, ref, [line(`${n}a`), line(`${n}b`)])));
  const logs = await listLogs(database, ref.jobId, { after: 0, limit: 100 });
  const first = logs[0]!.seq;
  expect(logs.map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, index) => first + index));
  for (let index = 0; index < 24; index += 2) {
    expect(logs[index + 1]!.message).toBe(logs[index]!.message.replace('a', 'b')); // those of one call stay together
  }
  expect(await listEvents(database, ref.jobId, { after: first + 20, limit: 2 })).toHaveLength(2);
});

test('a line of the log is kept as it is, whatever it is made of', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const message = 'a "quoted" {line}, with \\ and \n and \u0000 and \ud800, ü, NULL';
  await appendEvents(database, ref, [{ type: 'log', data: { level: 'info', message } }]);
  expect((await listLogs(database, ref.jobId, { after: 0, limit: 10 })).at(-1)?.message).toBe(message);
});

test('an epoch is recorded once, with the order of its metrics, NaN, its event and the progress', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const end = { epoch: 0, step: 10, metrics: { val_loss: 2, loss: NaN, acc: -Infinity }, progress };
  await recordEpoch(database, ref, end);
  await recordEpoch(database, ref, end);
  const [row, ...others] = await listHistory(database, ref.jobId);
  expect(others).toEqual([]);
  expect(JSON.stringify(row)).toBe('{"epoch":0,"step":10,"metrics":{"val_loss":2,"loss":"NaN","acc":"-Infinity"}}');
  expect(await listEvents(database, ref.jobId, { after: 0, limit: 10, types: ['metrics'] })).toHaveLength(1);
  expect(await findAnyJob(database, ref.jobId)).toMatchObject({ progress, latestMetrics: { val_loss: 2, loss: 'NaN' } });
});

test('steps are recorded in bulk, and once each', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const steps = Array.from({ length: 3000 }, (_, index) => ({ step: index + 1, epoch: 0, metrics: { loss: 1 / (index + 1) } }));
  await recordSteps(database, ref, steps);
  await recordSteps(database, ref, steps.slice(2990));
  expect(await listSteps(database, ref.jobId, { after: -1, limit: 5000 })).toHaveLength(3000);
  expect((await listSteps(database, ref.jobId, { after: 5, limit: 2 })).map(({ step }) => step)).toEqual([6, 7]);
  expect((await listSteps(database, ref.jobId, { after: 2998, limit: 10 })).map(({ step }) => step)).toEqual([2999, 3000]);
});

describe('of thinned-out steps the extremes of each stretch remain, of equal values the first, and both ends', () => {
  const keys = ['loss', 'odd "key"'] as const;
  type Row = { readonly step: number; readonly epoch: number; readonly metrics: Record<(typeof keys)[number], number> };
  const random = (seed: number) => Math.abs(Math.sin(seed * 12.9898) * 43758.5453) % 1;
  const rows = (count: number, first: number, every: number): Row[] =>
    Array.from({ length: count }, (_, index) => ({ step: every * index + first, epoch: 0, metrics: { loss: index % 97 === 5 ? NaN : Math.round(random(index) * 50) / 10, ['odd "key"']: index < 700 ? -index : Infinity } }));
  const rank = (value: number) => (Number.isNaN(value) ? Infinity : value);

  /** The same without a database. */
  function expected(inRange: readonly Row[], stretchOf: (step: number) => number): number[] {
    const kept = new Set([inRange[0]!.step, inRange.at(-1)!.step]);
    for (const key of keys) {
      for (const stretch of new Set(inRange.map(({ step }) => stretchOf(step)))) {
        const those = inRange.filter(({ step }) => stretchOf(step) === stretch);
        const [most, least] = [(a: number, b: number) => a > b, (a: number, b: number) => a < b].map((better) => those.reduce((best, row) => (better(rank(row.metrics[key]), rank(best.metrics[key])) ? row : best)));
        kept.add(most!.step).add(least!.step);
      }
    }
    return [...kept].sort((a, b) => a - b);
  }

  test('of short stretches, of which every row is looked at', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const steps = rows(1500, 7, 3);
    await recordSteps(database, ref, steps);
    const [from, to, maxRows] = [1000, 4000, 102];
    const inRange = steps.filter(({ step }) => step >= from && step <= to);
    const [first, last] = [inRange[0]!.step, inRange.at(-1)!.step];
    const sampled = await thinSteps(database, ref.jobId, { keys, from, to, maxRows });
    expect(sampled.map(({ step }) => step)).toEqual(expected(inRange, (step) => Math.floor(((step - first) * 25) / (last - first + 1))));
    expect(sampled.length).toBeLessThanOrEqual(maxRows);
    expect(sampled[0]).toMatchObject({ epoch: 0, metrics: { 'odd "key"': expect.any(Number) } });
    expect(await thinSteps(database, ref.jobId, { keys, from: 5000, maxRows })).toEqual([]);
  });

  test('of long ones, by blocks that were written in parts and have been rewound', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const steps = rows(9000, 2, 1);
    for (let at = 0; at < steps.length; at += 700) await recordSteps(database, ref, steps.slice(at, at + 700));
    await recordSteps(database, ref, steps.slice(-800)); // once more
    const [from, to, maxRows] = [300, 8900, 34];
    const [first, last] = [from, to].map((step) => Math.floor(step / blockSteps)) as [number, number];
    const length = Math.ceil((last - first + 1) / 8);
    const inRange = steps.filter(({ step }) => step >= from && step <= to);
    const sampled = await thinSteps(database, ref.jobId, { keys, from, to, maxRows });
    expect(sampled.map(({ step }) => step)).toEqual(expected(inRange, (step) => Math.floor((Math.floor(step / blockSteps) - first) / length)));
    expect(sampled.length).toBeLessThanOrEqual(maxRows);

    await database.transaction(async (transaction) => {
      await transaction.metricRow.deleteMany({ where: { jobId: ref.jobId, step: { gt: 5000 } } });
      await rewindExtremes(transaction, ref.jobId, 5000);
    });
    const kept = await database.run((client) => client.metricExtremes.findMany({ where: { jobId: ref.jobId, key: 'loss' }, orderBy: { block: 'asc' } }));
    expect(kept.map(({ block }) => block)).toEqual(Array.from({ length: 20 }, (_, block) => block));
    const last20th = steps.filter(({ step }) => step >= 19 * blockSteps && step <= 5000).map(({ step, metrics }) => ({ step, value: rank(metrics.loss) }));
    const low = last20th.reduce((best, row) => (row.value < best.value ? row : best));
    expect(kept[19]).toMatchObject({ low: low.value, lowStep: low.step });
    expect(kept[19]!.highStep).toBe(last20th.find(({ value }) => value === Infinity)!.step);
  });
});

test('samples of resources are kept once each, and thinned out as there come more', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const use = { cpuPercent: 99.5, memoryMb: 300, memoryLimitMb: null, gpuMemoryMb: null };
  const stored = async () => (await listResources(database, ref.jobId)).map(({ memoryMb }) => memoryMb);
  for (const tick of [0, 1, 2, 3, 3]) await recordResources(database, ref, { ...use, tick, memoryMb: 300 + tick }, 1);
  expect(await stored()).toEqual([300, 301, 302, 303]);
  expect(await listResources(database, ref.jobId)).toContainEqual({ ...use, attempt: 1, at: expect.any(Date) });
  await recordResources(database, ref, { ...use, tick: 4, memoryMb: 304 }, 2);
  expect(await stored()).toEqual([300, 302, 304]);
  await expect(recordResources(database, { ...ref, attempt: 2 }, { ...use, tick: 6 }, 2)).rejects.toThrow(FencedError);
  expect(await stored()).toHaveLength(3);
});

test('of checkpoints with one filename the newest counts; sizes beyond 32 bits are kept', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const best = { monitor: 'loss', value: 1, epoch: 0, checkpoint: 'ckpt_2' };
  await addCheckpoint(database, ref, checkpoint('ckpt_1', 1, 'best.h5'));
  await addCheckpoint(database, ref, checkpoint('ckpt_2', 2, 'best.h5'), best);
  await addCheckpoint(database, ref, checkpoint('ckpt_2', 2, 'best.h5'), best);
  await addCheckpoint(database, ref, checkpoint('ckpt_3', 3, 'other.h5'));
  const listed = await listCheckpoints(database, ref.jobId);
  expect(listed.map(({ id, bytes }) => [id, bytes])).toEqual([['ckpt_2', 5_000_000_000], ['ckpt_3', 5_000_000_000]]);
  expect((await findAnyJob(database, ref.jobId))?.best).toEqual(best);
  expect(await listEvents(database, ref.jobId, { after: 0, limit: 10, types: ['checkpoint'] })).toHaveLength(3);
});

test('a replaced checkpoint is dropped once no rewind can bring it back', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  for (const step of [1, 2, 3]) await addCheckpoint(database, ref, checkpoint(`ckpt_r${step}`, step, 'best.h5'));
  expect(await takeReplacedCheckpoints(database, ref)).toEqual([]);
  await saveSnapshot(database, ref, { key: 's', step: 2, epoch: 1 });
  expect(await takeReplacedCheckpoints(database, ref)).toEqual([]); // the one before it may be needed
  await saveSnapshot(database, ref, { key: 's2', step: 3, epoch: 1 });
  expect(await takeReplacedCheckpoints(database, ref)).toEqual(['k/ckpt_r1']);
  expect((await listCheckpoints(database, ref.jobId)).map(({ id }) => id)).toEqual(['ckpt_r3']);
});

test('the last two snapshots are kept; one that cannot be read gives way to the one before it', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const snapshot = async () => (await findAnyJob(database, ref.jobId))?.snapshot;
  for (const [key, replaced] of [['s1', []], ['s2', []], ['s3', ['s1']], ['s3', []]] as const)
    expect(await saveSnapshot(database, ref, { key, step: Number(key[1]), epoch: 0 })).toEqual(replaced);
  await discardSnapshot(database, ref, 's2'); // not the newest
  expect(await snapshot()).toMatchObject({ key: 's3' });
  await discardSnapshot(database, ref, 's3');
  expect(await snapshot()).toMatchObject({ key: 's2', step: 2 });
  await discardSnapshot(database, ref, 's2');
  expect(await snapshot()).toBeNull();
});

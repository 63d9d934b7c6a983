import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCheckpoint, deleteAlias, deleteJob, endAttempt, ensureProject, moveAlias, saveSnapshot, settleData, sweepTotals, type AttemptRef } from '@trainyard/database';
import { createScratchDatabase, runningJob, type ScratchDatabase } from '@trainyard/database/testing';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { newCheckpointId, newJobId, newProjectId, newSnapshotId } from '@trainyard/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { applyRetention } from './apply-retention.js';
import type { Orphans, UnknownProject } from './find-orphans.js';
import { sweepOrphans, sweepOrphansWhenDue, type SweepOptions } from './sweep-orphans.js';

let scratch: ScratchDatabase;
let directory: string;
let store: ObjectStore;
let project: string;
beforeAll(async () => {
  scratch = await createScratchDatabase();
  project = (await ensureProject(scratch.database, 'default')).id;
});
afterAll(() => scratch.drop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trainyard-sweep-'));
  store = await openFilesystemStore(directory);
});
afterEach(() => rm(directory, { recursive: true }));

const hour = 3_600_000;
const folder = ({ jobId }: Pick<AttemptRef, 'jobId'>) => `projects/${project}/jobs/${jobId}/`;
const keys = async () => {
  const all: string[] = [];
  for await (const { key } of store.list('')) all.push(key);
  return all;
};

/** Stores an object as if it had been there for some hours. */
async function put(key: string, ageHours = 30): Promise<string> {
  await store.put(key, Buffer.from('12345'));
  const then = new Date(Date.now() - ageHours * hour);
  await utimes(join(directory, key), then, then);
  return key;
}

async function sweep(options: Partial<SweepOptions> = {}) {
  const found: (Orphans | UnknownProject)[] = [];
  const report = await sweepOrphans(scratch.database, store, { remove: true, onFound: (one) => found.push(one), ...options });
  return { found, report };
}

async function committed(ref: AttemptRef, { filename = 'a.h5', step = 1 } = {}): Promise<string> {
  const id = newCheckpointId();
  const key = await put(`${folder(ref)}checkpoints/${id}.h5`);
  await addCheckpoint(scratch.database, ref, { id, filename, epoch: 0, step, kind: 'model', final: false, metrics: {}, bytes: 5, sha256: 'x', key });
  return key;
}

describe('the sweep for orphans', () => {
  test('removes of a job what no row names, and nothing else', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const kept = [await committed(ref)];
    for (const step of [1, 2]) {
      const key = await put(`${folder(ref)}snapshots/${newSnapshotId()}.h5`);
      await saveSnapshot(database, ref, { key, step, epoch: 0 });
      kept.push(key);
    }
    kept.push(await put(`${folder(ref)}data-1.json`));
    await settleData(database, ref, `${folder(ref)}data-1.json`);
    kept.push(await put(`${folder(ref)}tensorboard/train/events.out.tfevents.1`), await put(`${folder(ref)}of-a-later-version/x`), await put(`projects/${project}/files/data.npz`));
    const orphans = [
      await put(`${folder(ref)}checkpoints/${newCheckpointId()}.h5`),
      await put(`${folder(ref)}data-2.json`),
      await put(`${folder(ref)}snapshots/${newSnapshotId()}.h5`),
    ];
    const { found, report } = await sweep();
    expect(report).toEqual({ objects: 3, bytes: 15, unknownProjects: 0 });
    expect(found).toMatchObject([{ projectId: project, kind: 'job', id: ref.jobId, gone: false }]);
    expect((found[0] as Orphans).objects.map(({ key }) => key)).toEqual(orphans.toSorted());
    expect(await keys()).toEqual(kept.toSorted());
  });

  test('removes all of a job or dataset that is gone', async () => {
    const ref = await runningJob(scratch.database);
    const left = [await committed(ref), await put(`${folder(ref)}tensorboard/train/events.1`)];
    await endAttempt(scratch.database, ref, { status: 'cancelled' });
    await deleteJob(scratch.database, project, ref.jobId);
    await put(`projects/${project}/datasets/ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D/state-1.json`);
    const { found } = await sweep();
    expect(found).toMatchObject([{ kind: 'job', id: ref.jobId, gone: true, objects: left.toSorted().map((key) => ({ key })) }, { kind: 'dataset', gone: true }]);
    expect(await keys()).toEqual([]);
  });

  test('spares what an alias refers to: checkpoints whose rows are gone, and copies of files', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const [key, copy] = [await committed(ref), newCheckpointId()];
    const kept = [key, await put(`projects/${project}/models/${copy}/model.h5`)];
    const target = { uri: null, sourceSha256: null, filename: 'a.h5', kind: 'model' as const, sha256: 'x', signature: { inputs: [], outputs: [] } };
    const split = [{ ...target, jobId: ref.jobId, checkpointId: key.slice(-'ckpt_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D.h5'.length, -3), key, weight: 1 }];
    await moveAlias(database, { projectId: project, name: 'served', split, shadow: { ...target, jobId: null, checkpointId: copy, key: kept[1]! } });
    await scratch.sql.query('DELETE FROM checkpoints WHERE job_id = $1', [ref.jobId]);
    await put(`projects/${project}/models/${newCheckpointId()}/model.h5`);
    const { found } = await sweep();
    expect(found).toMatchObject([{ kind: 'model', gone: true, objects: [{}] }]);
    expect(await keys()).toEqual(kept.toSorted());
    await deleteAlias(database, project, 'served');
    await sweep();
    expect(await keys()).toEqual([]);
  });

  test('spares what is younger than a day: its row may still come', async () => {
    const young = [await put(`${folder(await runningJob(scratch.database))}checkpoints/${newCheckpointId()}.h5`, 23), await put(`${folder({ jobId: newJobId() })}snapshots/x.h5`, 1)];
    expect((await sweep()).report.objects).toBe(0);
    expect(await keys()).toEqual(young.toSorted());
    expect((await sweep({ minAgeMs: 2 * hour })).report.objects).toBe(1);
  });

  test('spares a row that is committed while it looks', async () => {
    const ref = await runningJob(scratch.database);
    const other = await runningJob(scratch.database); // after it in the order of the sweep
    const id = newCheckpointId();
    const key = await put(`${folder(other)}checkpoints/${id}.h5`);
    await put(`${folder(ref)}checkpoints/${newCheckpointId()}.h5`);
    let commit: Promise<void> | undefined;
    const listing: ObjectStore = {
      ...{ put: store.put.bind(store), get: store.get.bind(store), read: store.read.bind(store), stat: store.stat.bind(store), delete: store.delete.bind(store), folders: store.folders.bind(store) },
      async *list(prefix) {
        yield* store.list(prefix);
        if (prefix === folder(other)) await (commit ??= addCheckpoint(scratch.database, other, { id, filename: 'a.h5', epoch: 0, step: 1, kind: 'model', final: false, metrics: {}, bytes: 5, sha256: 'x', key }));
      },
    };
    expect((await sweepOrphans(scratch.database, listing, { remove: true, onFound: () => undefined })).objects).toBe(1);
    expect(commit).toBeDefined();
    expect(await keys()).toEqual([key]);
  });

  test('leaves alone the objects of a project that the database does not know', async () => {
    const projectId = newProjectId();
    const key = await put(`projects/${projectId}/jobs/${newJobId()}/checkpoints/x.h5`);
    expect(await sweep()).toEqual({ found: [{ projectId }], report: { objects: 0, bytes: 0, unknownProjects: 1 } });
    expect(await keys()).toEqual([key]);
  });

  test('only tells, when it is not to remove', async () => {
    const key = await put(`${folder({ jobId: newJobId() })}data-1.json`);
    const before = await sweepTotals(scratch.database);
    expect((await sweep({ remove: false })).report).toMatchObject({ objects: 1, bytes: 5 });
    expect(await keys()).toEqual([key]);
    expect(await sweepTotals(scratch.database)).toEqual(before);
    await sweep();
    expect(await sweepTotals(scratch.database)).toMatchObject({ objects: before.objects + 1, bytes: before.bytes + 5, endedAt: expect.any(Date) });
  });

  test('is done by one of several workers, and not again before its time', async () => {
    await scratch.sql.query("UPDATE sweeps SET started_at = now() - interval '2 hours'");
    const options = { remove: false, onFound: () => undefined };
    const whenDue = () => sweepOrphansWhenDue(scratch.database, store, hour, options);
    const reports = await Promise.all([whenDue(), whenDue(), whenDue()]);
    expect(reports.filter((report) => report !== undefined)).toHaveLength(1);
    expect(await whenDue()).toBeUndefined();
  });
});

test('retention deletes rows and their objects: checkpoints that are too many, and jobs whose time has come', async () => {
  const { database, sql } = scratch;
  const ref = await runningJob(database, { retention: { keep_last_checkpoints: 1, delete_after_days: 2 } });
  const files = [await committed(ref, { filename: 'a.h5', step: 1 }), await committed(ref, { filename: 'b.h5', step: 2 })];
  await endAttempt(database, ref, { status: 'succeeded', stopReason: 'completed' });
  const told: unknown[] = [];
  const apply = () => applyRetention(database, store, { onPruned: ({ keys: gone }) => told.push(gone), onDeleted: (id) => told.push(id) });
  expect(await apply()).toBe(false);
  expect(await keys()).toEqual(files.slice(1));
  await sql.query("UPDATE jobs SET expires_at = now() WHERE id = $1", [ref.jobId]);
  await apply();
  expect(await keys()).toEqual([]);
  expect(told).toEqual([files.slice(0, 1), ref.jobId]);
});

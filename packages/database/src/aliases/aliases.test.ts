import { newCheckpointId, newUlid, type Signature } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptRef } from '../attempts/attempt-ref.js';
import { claimJob } from '../attempts/claim-job.js';
import { endAttempt } from '../attempts/end-attempt.js';
import { CheckpointGoneError, JobInUseError, NoSuchVersionError, VersionAnswersError } from '../errors.js';
import { deleteJob } from '../jobs/change-job.js';
import { objectsOfJobs, objectsOfModels } from '../orphans/named-objects.js';
import { addCheckpoint, listCheckpoints, takeReplacedCheckpoints } from '../results/checkpoints.js';
import { saveSnapshot } from '../results/snapshot.js';
import { deleteExpiredJob } from '../retention/expired-jobs.js';
import { pruneCheckpoints } from '../retention/prune-checkpoints.js';
import { leaseMs, runningJob } from '../testing/example-job.js';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import type { NewAliasTarget } from './alias-record.js';
import { countShadow } from './count-shadow.js';
import { findAlias, findAliasVersion, listAliases } from './find-aliases.js';
import { deleteAlias, deleteAliasVersion, keptVersions, moveAlias, rollBackAlias } from './move-alias.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

type Running = AttemptRef & { projectId: string };
const signature: Signature = { inputs: [{ name: 'x', dtype: 'float32', shape: [null, 4] }], outputs: [{ name: 'y', dtype: 'float32', shape: [null, 1] }] };
const succeeded = { status: 'succeeded', stopReason: 'completed' } as const;

/** A checkpoint that was stored, as an alias refers to it. */
async function stored(ref: Running, step: number, filename = `ep${step}.h5`): Promise<NewAliasTarget> {
  const id = newCheckpointId();
  await addCheckpoint(scratch.database, ref, { id, filename, epoch: step, step, kind: 'model', final: false, metrics: {}, bytes: 1, sha256: `sha-${id}`, key: `k/${id}` });
  return { jobId: ref.jobId, uri: null, sourceSha256: null, checkpointId: id, filename, kind: 'model', key: `k/${id}`, sha256: `sha-${id}`, signature };
}

/** A copy of a file that was just made. */
function copied(content: string): NewAliasTarget {
  const id = newCheckpointId();
  return { jobId: null, uri: 'files/m.h5', sourceSha256: content, checkpointId: id, filename: 'm.h5', kind: 'model', key: `models/${id}`, sha256: `of ${id}`, signature };
}

const move = (projectId: string, name: string, ...targets: NewAliasTarget[]) =>
  moveAlias(scratch.database, { projectId, name, split: targets.map((target) => ({ ...target, weight: 1 })), shadow: null });

/** A name that no other test has. */
const newName = (): string => newUlid().toLowerCase();

describe('moving', () => {
  test('makes versions, of which the newest answers, whole', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const { projectId } = ref;
    const name = newName();
    const [one, two, three] = [await stored(ref, 1), await stored(ref, 2), await stored(ref, 3)];
    expect((await move(projectId, name, one)).alias).toMatchObject({ name, version: 1, versions: [{ version: 1, split: [{ checkpointId: one.checkpointId, weight: 1, signature }], shadow: null }] });
    const { alias } = await moveAlias(database, { projectId, name, split: [{ ...one, weight: 9 }, { ...two, weight: 1 }], shadow: three });
    expect(alias.versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(await findAliasVersion(database, projectId, name)).toMatchObject({ version: 2, split: [{ key: one.key, weight: 9 }, { key: two.key, weight: 1 }], shadow: { key: three.key, dataKey: null } });
    expect(await findAliasVersion(database, projectId, name, 1)).toMatchObject({ version: 1, split: [{ key: one.key }] });
    expect(await findAliasVersion(database, projectId, name, 3)).toBeUndefined();
    expect(await findAlias(database, 'proj_other', name)).toBeUndefined();
    expect(await findAliasVersion(database, 'proj_other', name)).toBeUndefined();
  });

  test('to what answers already changes nothing', async () => {
    const ref = await runningJob(scratch.database);
    const name = newName();
    const target = await stored(ref, 1);
    expect(await move(ref.projectId, name, target)).toMatchObject({ moved: true });
    expect(await move(ref.projectId, name, target)).toMatchObject({ moved: false, alias: { version: 1 }, unused: [] });
  });

  test('at the same time gives every mover a version of its own', async () => {
    const ref = await runningJob(scratch.database);
    const name = newName();
    const targets = await Promise.all([1, 2, 3, 4].map((step) => stored(ref, step)));
    const moved = await Promise.all(targets.map((target) => move(ref.projectId, name, target)));
    expect(moved.map(({ alias }) => alias.version).toSorted()).toEqual([1, 2, 3, 4]);
    expect((await findAlias(scratch.database, ref.projectId, name))?.version).toBe(4);
  });

  test('keeps a copy of a file once, and gives back what nobody needs', async () => {
    const { database } = scratch;
    const { projectId } = await runningJob(database);
    const name = newName();
    const [first, again, other] = [copied('a'), copied('a'), copied('b')];
    await move(projectId, name, first);
    expect(await move(projectId, name, again)).toMatchObject({ moved: false, unused: [again.key] });
    expect(await move(projectId, name, other)).toMatchObject({ moved: true, unused: [] });
    const back = copied('a');
    expect(await move(projectId, name, back)).toMatchObject({ moved: true, unused: [back.key], alias: { version: 3 } });
    expect(await objectsOfModels(database, [first.checkpointId, again.checkpointId])).toEqual(new Map([[first.checkpointId, new Set([first.key, first.key])]]));
    expect(await deleteAliasVersion(database, projectId, name, 1)).toMatchObject({ unused: [] }); // version 3 has it too
    expect(await deleteAliasVersion(database, projectId, name, 2)).toMatchObject({ unused: [other.key] });
    expect(await deleteAlias(database, projectId, name)).toEqual({ unused: [first.key] });
  });

  test('drops versions beyond those that are kept', async () => {
    const { database } = scratch;
    const { projectId } = await runningJob(database);
    const name = newName();
    const copies = Array.from({ length: keptVersions + 2 }, (_, i) => copied(`content ${i}`));
    const unused: string[] = [];
    for (const copy of copies) unused.push(...(await move(projectId, name, copy)).unused);
    expect(unused).toEqual([copies[0]!.key]);
    expect((await findAlias(database, projectId, name))?.versions).toHaveLength(keptVersions + 1);
  });
});

describe('rolling back', () => {
  test('has an earlier version answer, and the next one is new', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const { projectId } = ref;
    const name = newName();
    for (const step of [1, 2, 3]) await move(projectId, name, await stored(ref, step));
    expect(await rollBackAlias(database, projectId, name)).toMatchObject({ version: 2 });
    expect(await rollBackAlias(database, projectId, name)).toMatchObject({ version: 1 });
    await expect(rollBackAlias(database, projectId, name)).rejects.toThrow(`${name} has no version before 1, which answers; it has 3, 2, 1`);
    expect(await rollBackAlias(database, projectId, name, 3)).toMatchObject({ version: 3 });
    await expect(rollBackAlias(database, projectId, name, 9)).rejects.toThrow(NoSuchVersionError);
    await rollBackAlias(database, projectId, name, 1);
    expect((await move(projectId, name, await stored(ref, 4))).alias.version).toBe(4);
    expect(await rollBackAlias(database, projectId, newName())).toBeUndefined();
  });

  test('to a version that was deleted is refused; the one that answers is not deleted', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const name = newName();
    for (const step of [1, 2]) await move(ref.projectId, name, await stored(ref, step));
    await expect(deleteAliasVersion(database, ref.projectId, name, 2)).rejects.toThrow(VersionAnswersError);
    expect((await deleteAliasVersion(database, ref.projectId, name, 1))?.alias.versions.map(({ version }) => version)).toEqual([2]);
    await expect(rollBackAlias(database, ref.projectId, name)).rejects.toThrow(NoSuchVersionError);
    await expect(deleteAliasVersion(database, ref.projectId, name, 1)).rejects.toThrow(NoSuchVersionError);
  });
});

test('aliases are listed by name, page by page, of one project', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const target = await stored(ref, 1);
  await scratch.sql.query("INSERT INTO projects (id, name) VALUES ('proj_list', 'list')");
  for (const name of ['b', 'a', 'c']) await move('proj_list', name, { ...copied(name) });
  await move(ref.projectId, 'a', target);
  const first = await listAliases(database, 'proj_list', { limit: 2, after: undefined });
  expect({ names: first.aliases.map(({ name }) => name), more: first.hasMore }).toEqual({ names: ['a', 'b'], more: true });
  const rest = await listAliases(database, 'proj_list', { limit: 2, after: 'b' });
  expect({ names: rest.aliases.map(({ name }) => name), more: rest.hasMore }).toEqual({ names: ['c'], more: false });
  await scratch.sql.query("DELETE FROM projects WHERE id = 'proj_list'");
});

test('what came of a shadow is added up', async () => {
  const { database } = scratch;
  const ref = await runningJob(database);
  const name = newName();
  const [one, two] = [await stored(ref, 1), await stored(ref, 2)];
  const { projectId } = ref;
  await moveAlias(database, { projectId, name, split: [{ ...one, weight: 1 }], shadow: two });
  const nothing = { asked: 0, different: 0, failed: 0, skipped: 0, max_difference: null };
  const count = (counts: object, of = 1) => countShadow(database, { projectId, name, version: of }, { ...nothing, ...counts });
  await Promise.all([count({ asked: 1, max_difference: 1e-7 }), count({ asked: 2, different: 2, max_difference: 0.5 }), count({ asked: 1, failed: 1 }), count({ skipped: 3 }), count({ asked: 1 }, 2)]);
  expect((await findAlias(database, projectId, name))?.versions[0]?.report).toEqual({ asked: 4, different: 2, failed: 1, skipped: 3, max_difference: 0.5 });
});

describe('what an alias refers to stays', () => {
  test('the job, which says who names it, until no version does', async () => {
    const { database } = scratch;
    const [ref, other] = [await runningJob(database), await runningJob(database)];
    const { projectId } = ref;
    const name = newName();
    await move(projectId, name, await stored(ref, 1));
    await endAttempt(database, ref, succeeded);
    await move(projectId, name, await stored(other, 1));
    const refused = await deleteJob(database, projectId, ref.jobId).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(JobInUseError);
    expect((refused as Error).message).toContain(name);
    await scratch.sql.query("UPDATE jobs SET expires_at = now() - interval '1 day' WHERE id = $1", [ref.jobId]);
    expect(await deleteExpiredJob(database, ref.jobId)).toBe(false);
    await deleteAliasVersion(database, projectId, name, 1);
    expect(await deleteJob(database, projectId, ref.jobId)).toBe(true);
  });

  test('a checkpoint that retention would prune', async () => {
    const { database, sql } = scratch;
    const ref = await runningJob(database, { retention: { keep_last_checkpoints: 1 } });
    const name = newName();
    const served = await stored(ref, 1);
    for (const step of [2, 3]) await stored(ref, step);
    await moveAlias(database, { projectId: ref.projectId, name, split: [{ ...copied('x'), weight: 1 }], shadow: served });
    await endAttempt(database, ref, succeeded);
    await pruneCheckpoints(database, ref.jobId);
    expect((await listCheckpoints(database, ref.jobId)).map(({ step }) => step)).toEqual([1, 3]);
    await deleteAlias(database, ref.projectId, name);
    await sql.query('UPDATE jobs SET prune_at = now() WHERE id = $1', [ref.jobId]);
    expect((await pruneCheckpoints(database, ref.jobId))?.keys).toEqual([served.key]);
  });

  test('the file of a checkpoint that is replaced, or undone by a rewind', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const [replaced, replacing] = [await stored(ref, 1, 'best.h5'), await stored(ref, 2, 'best.h5')];
    await move(ref.projectId, newName(), replaced, replacing);
    for (const key of ['s1', 's2']) await saveSnapshot(database, ref, { key, step: 2, epoch: 3 });
    expect(await takeReplacedCheckpoints(database, ref)).toEqual([]);
    const beyond = await stored(ref, 3);
    await move(ref.projectId, newName(), beyond);
    await endAttempt(database, ref, { status: 'queued', reason: 'worker lost' });
    const claim = await claimJob(database, { job: ref.jobId, attempt: 2 }, { worker: 'w2', leaseMs });
    expect(claim?.discardedKeys).toEqual([]);
    const keys = (await objectsOfJobs(database, [ref.jobId])).get(ref.jobId);
    for (const { key } of [replaced, replacing, beyond]) expect(keys).toContain(key);
  });

  test('a checkpoint that is gone cannot be referred to', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const target = await stored(ref, 1);
    await endAttempt(database, ref, succeeded);
    await deleteJob(database, ref.projectId, ref.jobId);
    const name = newName();
    await expect(move(ref.projectId, name, target)).rejects.toThrow(CheckpointGoneError);
    expect(await findAlias(database, ref.projectId, name)).toBeUndefined();
  });

  test('either the alias is moved or the job deleted, whoever comes first', async () => {
    const { database } = scratch;
    for (let round = 0; round < 10; round++) {
      const ref = await runningJob(database);
      const target = await stored(ref, 1);
      await endAttempt(database, ref, succeeded);
      const [moved, deleted] = await Promise.allSettled([move(ref.projectId, newName(), target), deleteJob(database, ref.projectId, ref.jobId)]);
      expect([moved.status, deleted.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });
});

import { execFile } from 'node:child_process';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { newCheckpointId, newJobId } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { smallJob, uploadTwoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { trainyardProgram } from '../support/trainyard-up.js';
import { waitFor } from '../support/wait-for.js';

// What is kept no longer goes by itself, from the database and from the storage.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
let project: string;
beforeAll(async () => {
  stack = await Stack.start();
  api = stack.api;
  await uploadTwoClasses(api);
  project = (await stack.postgres.sql.query('SELECT id FROM projects')).rows[0].id;
});
afterAll(() => stack.stop());

const metrics = async () => Buffer.from(await api.bytes('/metrics')).toString();
const isThere = async (job: string) => (await api.call('GET', `/v1/jobs/${job}`)).status === 200;

/** An object that has been there for two days, and that no row names. */
async function orphan(key: string): Promise<string> {
  const file = path.join(stack.folder, key);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, 'nobody’s');
  const then = new Date(Date.now() - 2 * 86_400_000);
  await utimes(file, then, then);
  return key;
}
const objects = async (prefix: string) => {
  const { openFilesystemStore } = await import('@trainyard/object-store');
  const keys: string[] = [];
  for await (const { key } of (await openFilesystemStore(stack.folder)).list(prefix)) keys.push(key);
  return keys;
};

it('an operator sees what no row names, and removes it', async () => {
  const key = await orphan(`projects/${project}/jobs/${newJobId()}/checkpoints/${newCheckpointId()}.h5`);
  const env = { ...process.env, DATABASE_URL: stack.postgres.url, OBJECT_STORE_URL: pathToFileURL(stack.folder).href };
  const sweep = async (...args: string[]) => (await promisify(execFile)(process.execPath, [trainyardProgram, 'sweep', ...args], { env })).stdout;
  const shown = await sweep();
  expect(shown).toContain(key);
  expect(shown).toMatch(/Found 1 objects, 0\.0 MB, that no row names\. They stay; --remove removes them\./);
  expect(await objects(key)).toEqual([key]);
  expect(await sweep('--min-age', '72')).toMatch(/^Found 0 objects/);
  expect(await sweep('--remove')).toMatch(/Removed 1 objects/);
  expect(await objects(key)).toEqual([]);
});

it('a worker sweeps by itself, and counts what it removed', async () => {
  const removed = async () => Number(/trainyard_orphans_removed_total (\d+)/.exec(await metrics())?.[1]);
  const before = await removed();
  const key = await orphan(`projects/${project}/jobs/${newJobId()}/tensorboard/train/events.1`);
  await stack.postgres.sql.query("UPDATE sweeps SET started_at = now() - interval '7 hours'");
  await stack.startWorker();
  await waitFor('the sweep', async () => ((await removed()) > before ? true : undefined));
  expect(await objects(key)).toEqual([]);
  expect(await metrics()).toMatch(/trainyard_orphan_sweep_timestamp_seconds \d+/);
});

it('of a job the last checkpoints are kept, and the job for its days', async () => {
  const epochs = 6;
  const { id } = await api.submit(
    smallJob({
      fit: { batch_size: 4, epochs },
      callbacks: [{ class_name: 'ModelCheckpoint', config: { filepath: 'ep{epoch}.h5', monitor: 'loss' } }],
      retention: { keep_last_checkpoints: 2, delete_after_days: 7 },
    }),
  );
  const { best, expires_at, finished_at } = await api.until(id, 'succeeded');
  expect(Date.parse(expires_at ?? '') - Date.parse(finished_at ?? '')).toBe(7 * 86_400_000);
  const spared = new Set([`ep${best?.epoch}.h5`, `ep${epochs - 2}.h5`, `ep${epochs - 1}.h5`, 'final.h5']);
  // In more than one go: what is the best changes while the job trains.
  const kept = await waitFor('the checkpoints to be pruned', async () => {
    const all = await api.checkpoints(id);
    return all.length <= spared.size ? all : undefined;
  });
  const names = kept.map(({ filename }) => filename);
  expect(new Set(names)).toEqual(spared);
  const folder = `projects/${project}/jobs/${id}/`;
  expect(await waitFor('their files to go', async () => ((await objects(`${folder}checkpoints/`)).length === kept.length ? kept.length : undefined))).toBe(kept.length);
  const pruned = (await api.events(id)).flatMap((event) => (event.type === 'pruned' ? event.data.checkpoints : []));
  expect(pruned.map(({ filename }) => filename).concat(names).sort()).toEqual([...Array.from({ length: epochs }, (_, epoch) => `ep${epoch}.h5`), 'final.h5']);

  await stack.postgres.sql.query('UPDATE jobs SET expires_at = now() WHERE id = $1', [id]);
  await waitFor('the job to be deleted', async () => ((await isThere(id)) ? undefined : true));
  await waitFor('its objects to go', async () => ((await objects(folder)).length === 0 ? true : undefined));
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobBody, startApi } from '@trainyard/api/testing';
import { encodeEvent, eventFileName, fileVersionEvent, type Summary } from '@trainyard/tensorboard';
import { waitFor } from '../support/wait-for.js';
import { pythonEnvironment, type PythonEnvironment } from '../support/python.js';

const REQUIREMENTS = ['tensorboard==2.20.0', 'setuptools==80.9.0'];

/** What TensorBoard's own reader finds in a folder of event files. */
const READ_EVENTS = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator, STORE_EVERYTHING_SIZE_GUIDANCE
run = EventAccumulator(sys.argv[1], size_guidance=STORE_EVERYTHING_SIZE_GUIDANCE).Reload()
histogram = lambda e: dict(step=e.step, **{k: getattr(e.histogram_value, k) for k in ('min', 'max', 'num', 'sum', 'sum_squares')}, bucket_limit=list(e.histogram_value.bucket_limit), bucket=list(e.histogram_value.bucket))
print(json.dumps({
  'file_version': run.file_version,
  'first_wall_time': run.FirstEventTimestamp(),
  'scalars': {tag: [[e.wall_time, e.step, e.value] for e in run.Scalars(tag)] for tag in run.Tags()['scalars']},
  'histograms': {tag: [histogram(e) for e in run.Histograms(tag)] for tag in run.Tags()['histograms']},
  'images': {tag: [[e.step, e.width, e.height, e.encoded_image_string.hex()] for e in run.Images(tag)] for tag in run.Tags()['images']},
}))
`;

let environment: PythonEnvironment | { skipped: string };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-tensorboard-'));
  environment = await pythonEnvironment(REQUIREMENTS);
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("TensorBoard's own reader finds in our event files what was put into them", { timeout: 300_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  const start = 1_700_000_000.25;
  const image = png(2, 1, [255, 0, 0, 0, 0, 255]);
  const summaries: Summary[][] = [
    [scalar('loss', 1.5), scalar('val_acc', 0.5), { kind: 'image', tag: 'dense_1/kernel', height: 1, width: 2, channels: 3, png: image }],
    [scalar('loss', 0.75), { kind: 'histogram', tag: 'dense_1/kernel:0', min: -1, max: 2, count: 3, sum: 1, sumOfSquares: 5, limits: [-0.5, 0.5, 2.5], counts: [1, 1, 1] }],
    [scalar('loss', -3.25e-30), scalar('Größe', 7)],
  ];
  const events = summaries.map((some, step) => encodeEvent({ wallTime: start + step, step: step * 1_000_000_000_000, summaries: some }));
  await writeFile(join(folder, eventFileName({ wallTime: start, host: 'worker', suffix: 1 })), Buffer.concat([fileVersionEvent(start), ...events]));

  expect(await environment.run(READ_EVENTS, [folder])).toEqual({
    file_version: 2,
    first_wall_time: start,
    scalars: {
      loss: [
        [start, 0, 1.5],
        [start + 1, 1e12, 0.75],
        [start + 2, 2e12, Math.fround(-3.25e-30)],
      ],
      val_acc: [[start, 0, 0.5]],
      Größe: [[start + 2, 2e12, 7]],
    },
    histograms: { 'dense_1/kernel:0': [{ step: 1e12, min: -1, max: 2, num: 3, sum: 1, sum_squares: 5, bucket_limit: [-0.5, 0.5, 2.5], bucket: [1, 1, 1] }] },
    images: { 'dense_1/kernel': [[0, 2, 1, image.toString('hex')]] },
  });
});

test('a later file of the same run goes on where the earlier one ends', { timeout: 300_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  const run = await mkdtemp(join(folder, 'run-'));
  for (const [index, value] of [0.5, 0.25].entries()) {
    const wallTime = 1_700_000_000 + index;
    const event = encodeEvent({ wallTime, step: index, summaries: [scalar('loss', value)] });
    await writeFile(join(run, eventFileName({ wallTime, host: 'worker', suffix: index })), Buffer.concat([fileVersionEvent(wallTime), event]));
  }
  expect(await environment.run(READ_EVENTS, [run])).toMatchObject({
    scalars: {
      loss: [
        [1_700_000_000, 0, 0.5],
        [1_700_000_001, 1, 0.25],
      ],
    },
  });
});

test('the API shows TensorBoard over the logs of two jobs, as they grow, to who has a key', { timeout: 120_000 }, async (context) => {
  if ('skipped' in environment) return context.skip(environment.skipped);
  const api = await startApi({ tensorBoard: { program: environment.folder, path: process.env['PATH'] ?? '' } });
  try {
    const created = async (name: string) => (await api.call({ method: 'POST', url: '/v1/jobs', payload: { ...jobBody, name } })).json<{ id: string }>().id;
    const [one, two] = [await created('one'), await created('two')];
    const wallTime = 1_700_000_000;
    const log = async (job: string, ...values: number[]) => {
      const events = values.map((value, step) => encodeEvent({ wallTime: wallTime + step, step, summaries: [scalar('loss', value)] }));
      const key = `projects/${api.projectId}/jobs/${job}/tensorboard/train/${eventFileName({ wallTime, host: 'worker', suffix: 1 })}`;
      await api.store.put(key, Buffer.concat([fileVersionEvent(wallTime), ...events]));
    };
    await log(one, 0.5);
    await log(two, 0.25);

    const opened = await api.call({ method: 'POST', url: `/v1/jobs/${one},${two}/tensorboard/ui` });
    const url = `/v1/jobs/${one},${two}/tensorboard/ui/`;
    expect(opened.json()).toEqual({ object: 'tensorboard', url });
    const cookie = String(opened.headers['set-cookie']);
    expect(cookie).toMatch(/^trainyard_key=ty_[\w-]+; HttpOnly; SameSite=Strict$/);
    // As a browser asks, with nothing but the cookie.
    const look = (path: string) => api.app.inject({ url: url + path, headers: { cookie: cookie.split(';')[0] ?? '' } });
    const page = await look('');
    expect(page).toMatchObject({ statusCode: 200, headers: { 'content-type': expect.stringContaining('text/html') as string } });
    expect(page.body.length).toBeGreaterThan(1000);
    expect((await look('data/environment')).json()).toMatchObject({ window_title: 'one, two' });
    const runs = [`one-${one.slice(-6)}/train`, `two-${two.slice(-6)}/train`];
    const values = async (run: string) => (await look(`data/plugin/scalars/scalars?run=${encodeURIComponent(run)}&tag=loss`)).json<[number, number, number][]>().map(([, , value]) => value);
    await waitFor('both runs to be there', async () => ((await look('data/runs')).json<string[]>().length === 2 ? true : undefined), { everyMs: 300 });
    expect((await look('data/runs')).json<string[]>().sort()).toEqual(runs);
    expect(await values(runs[1] ?? '')).toEqual([0.25]);
    await log(one, 0.5, 0.125);
    await waitFor('what was logged since', async () => ((await values(runs[0] ?? '')).length === 2 ? true : undefined), { everyMs: 300 });
    expect(await values(runs[0] ?? '')).toEqual([0.5, 0.125]);

    expect((await look('//example.invalid/')).statusCode).toBe(404); // by TensorBoard: no path leads to another host
    expect((await api.app.inject({ url })).statusCode).toBe(401);
    // One process at a time is what this API may have, and that one is looked at.
    expect((await api.call({ url: `/v1/jobs/${one}/tensorboard/ui/` })).json()).toMatchObject({ status: 429, code: 'too_many_requests' });
  } finally {
    await api.close();
  }
});

function scalar(tag: string, value: number): Summary {
  return { kind: 'scalar', tag, value };
}

/** A PNG of RGB pixels: signature, header, one deflated block, end. */
function png(width: number, height: number, pixels: number[]): Buffer {
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
  const rows = Array.from({ length: height }, (_, row) => [0, ...pixels.slice(row * width * 3, (row + 1) * width * 3)]);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.from(rows.flat()))), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.js';
import { jobBody } from '../../../../testing/examples.js';

// What needs no TensorBoard: who may look, and what is said where there is none. tests/interop/tensorboard.test.ts has a real one.

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await startApi();
  id = (await api.call({ method: 'POST', url: '/v1/jobs', payload: jobBody })).json<{ id: string }>().id;
});
afterAll(() => api.close());

const page = (jobs: string, headers: Record<string, string> = {}) => api.app.inject({ method: 'GET', url: `/v1/jobs/${jobs}/tensorboard/ui/`, headers });

test('a key is needed, as a header or as the cookie of this page', async () => {
  expect((await page(id)).json()).toMatchObject({ status: 401, code: 'unauthenticated' });
  const key = api.headers.authorization.replace('Bearer ', '');
  const cookie = `other=1; trainyard_key=${key}`;
  for (const headers of [api.headers, { cookie }]) expect((await page(id, headers)).json()).toMatchObject({ status: 501, code: 'tensorboard_unavailable' });
  // No other route looks at the cookie, nor does the one that gives it.
  expect((await api.app.inject({ url: `/v1/jobs/${id}`, headers: { cookie } })).statusCode).toBe(401);
  expect((await api.app.inject({ method: 'POST', url: `/v1/jobs/${id}/tensorboard/ui`, headers: { cookie } })).statusCode).toBe(401);
});

test('each of the jobs must be of the project', async () => {
  const other = await api.keyHeaders(['read'], 'other');
  expect((await page(id, other)).json()).toMatchObject({ status: 404, code: 'not_found' });
  expect((await page(`${id},job_01AAAAAAAAAAAAAAAAAAAAAAAA`, api.headers)).json()).toMatchObject({ status: 404 });
  const many = Array.from({ length: 21 }, (_, i) => `job_${i}`).join();
  expect((await page(many, api.headers)).json()).toMatchObject({ status: 400, code: 'invalid_parameter' });
});

test('a browser reads what to do as a page', async () => {
  const html = { accept: 'text/html,*/*' };
  const unknown = await page(id, html);
  expect(unknown).toMatchObject({ statusCode: 401 });
  expect(unknown.body).toContain('open the job there');
  const without = await page(id, { ...html, ...api.headers });
  expect(without).toMatchObject({ statusCode: 501 });
  expect(without.body).toContain('tensorboard --logdir');
});

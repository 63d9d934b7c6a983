import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../testing/api.js';

let folder: string;
let api: TestApi;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trainyard-page-'));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__" src="./assets/a-1.js"></script>');
  await writeFile(path.join(folder, 'assets/a-1.js'), 'let a = 1;');
  await writeFile(path.join(folder, 'assets/a-1.js.gz'), 'compressed');
  await writeFile(path.join(folder, 'secret.txt'), 'no asset');
  api = await startApi({ dashboard: folder });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('browsers get the page, without a key, under a policy that lets it talk to its own server only', async () => {
  const pages = [];
  for (let i = 0; i < 2; i++) pages.push(await api.app.inject({ url: '/', headers: asBrowser }));
  const [page, again] = pages;
  expect(page!.statusCode).toBe(200);
  expect(page!.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', vary: 'accept' });
  const policy = String(page!.headers['content-security-policy']);
  expect(policy).toMatch(/default-src 'none'; script-src 'self'; .*connect-src 'self'/);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
  expect(page!.body).toContain(`nonce="${nonce}" src=`);
  expect(page!.body).not.toContain('__CSP_NONCE__');
  expect(again!.body).not.toContain(nonce);
});

test('programs get a problem there, as from any other path that is none of the API', async () => {
  const answer = await api.app.inject({ url: '/', headers: { accept: '*/*' } });
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ code: 'not_found', detail: expect.stringContaining('/v1') });
  expect((await api.app.inject({ url: '/jobs', headers: asBrowser })).json()).toMatchObject({ status: 404 });
});

test('assets may be kept for good, and come compressed to those who take it', async () => {
  const plain = await api.app.inject({ url: '/assets/a-1.js' });
  expect([plain.statusCode, plain.body]).toEqual([200, 'let a = 1;']);
  expect(plain.headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' });
  expect(plain.headers['content-type']).toMatch(/javascript/);
  const small = await api.app.inject({ url: '/assets/a-1.js', headers: { 'accept-encoding': 'gzip' } });
  expect([small.headers['content-encoding'], small.body]).toEqual(['gzip', 'compressed']);
  expect(small.headers['content-type']).toMatch(/javascript/);
});

test.each(['/assets/b-2.js', '/assets/', '/assets/../secret.txt', '/assets/..%2fsecret.txt', '/assets/%2e%2e/secret.txt'])('there is no %s', async (url) => {
  const answer = await api.app.inject({ url });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode).toBeLessThan(500);
  expect(answer.headers['cache-control']).toBeUndefined();
  expect(answer.body).not.toContain('no asset');
  expect(answer.json()).toMatchObject({ status: answer.statusCode });
});

test('a page that has not been built says so, and how to build it', async () => {
  const bare = await startApi();
  const answer = await bare.app.inject({ url: '/', headers: asBrowser });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['content-type']).toMatch(/text\/html/);
  expect(answer.body).toContain('node scripts/setup.mjs build');
  expect((await bare.app.inject({ url: '/assets/a.js' })).statusCode).toBe(404);
  await bare.close();
});

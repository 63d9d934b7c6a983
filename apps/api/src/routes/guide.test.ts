import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentsPages } from '../guide/contents.js';
import { exampleBodies } from '../guide/reference/examples.js';
import { createdJob } from '../testing/attempt.js';
import { startApi, type TestApi } from '../testing/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const pages = ['/guide', ...contentsPages.map(({ name }) => `/guide/${name}`)];
const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test.each(pages)('%s is a page, without a key, that loads nothing but the guide’s own', async (url) => {
  const { statusCode, headers, body } = await api.app.inject(url);
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff', 'cache-control': 'public, no-cache' });
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(/^default-src 'none'; style-src 'self'; img-src 'self';/);
  expect(policy).not.toMatch(/unsafe|script-src|https?:|\*/);
  expect(body).not.toMatch(/<script|<style| style=| on\w+="/);
  expect([...body.matchAll(/(?:src|rel="(?:stylesheet|icon)"(?: type="[^"]*")? href)="([^"]*)"/g)].filter(([, at]) => /^([a-z]+:|\/)/.test(at!))).toEqual([]);
  expect([...body.matchAll(/<h1\b/g)]).toHaveLength(1);
  expect(body).toMatch(/aria-current="page"/);
});

test('every link of every page leads somewhere, to a place that is there', async () => {
  const loaded = new Map<string, { status: number; body: string }>();
  const load = async (path: string): Promise<{ status: number; body: string }> => {
    const known = loaded.get(path);
    if (known) return known;
    const { statusCode, body, headers } = await api.app.inject({ url: path, headers: asBrowser });
    const found = statusCode === 308 || statusCode === 302 ? await load(new URL(String(headers.location), `http://here${path}`).pathname) : { status: statusCode, body };
    loaded.set(path, found);
    return found;
  };
  const wrong: string[] = [];
  for (const page of pages) {
    for (const [, href] of (await load(page)).body.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const { host, pathname, hash } = new URL(href!.replaceAll('&amp;', '&'), `http://here${page}`);
      if (host !== 'here' || pathname === '/') continue; // the page of jobs, which is not built here
      const { status, body } = await load(pathname);
      if (status !== 200) wrong.push(`${page}: ${href}: ${status}`);
      else if (hash !== '' && !body.includes(` id="${decodeURIComponent(hash.slice(1))}"`)) wrong.push(`${page}: ${href}: there is no such place`);
    }
  }
  expect(wrong).toEqual([]);
});

test('a page is asked for anew, answered only when it has changed, and compressed for those who take it', async () => {
  const { headers, rawPayload } = await api.app.inject('/guide/reference');
  const again = await api.app.inject({ url: '/guide/reference', headers: { 'if-none-match': String(headers.etag) } });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  const small = await api.app.inject({ url: '/guide/reference', headers: { 'accept-encoding': 'gzip, br' } });
  expect(small.headers).toMatchObject({ 'content-encoding': 'gzip', etag: headers.etag, vary: 'accept-encoding' });
  expect(small.rawPayload.length).toBeLessThan(rawPayload.length / 5);
  const picture = await api.app.inject('/guide/dashboard/job.png');
  expect([picture.headers['content-type'], picture.rawPayload.subarray(1, 4).toString()]).toEqual(['image/png', 'PNG']);
  expect((await api.app.inject({ method: 'HEAD', url: '/guide/tutorial' })).statusCode).toBe(200);
});

test('what is not there is a problem to programs, and a page to browsers', async () => {
  const problem = await api.app.inject('/guide/nothing');
  expect([problem.statusCode, problem.json()]).toEqual([404, expect.objectContaining({ code: 'not_found', detail: expect.stringContaining('/guide') })]);
  const page = await api.app.inject({ url: '/guide/<b>', headers: asBrowser });
  expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  expect(page.body).toContain('&lt;b&gt;');
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'/);
});

test.each(['/guide/../README.md', '/guide/..%2fREADME.md', '/guide/%2e%2e/README.md', '/guide/..%5cREADME.md', '/guide//etc/passwd', '/guide/operations.md', '/guide/dashboard/', '/guide/__proto__', '/guide/constructor', '/guide/tutorial%00'])('there is no %s', async (url) => {
  const answer = await api.app.inject({ url });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode).toBeLessThan(500);
  expect(answer.json()).toMatchObject({ status: answer.statusCode });
});

describe('the reference', () => {
  test('has a section for each route and each schema of the document', async () => {
    const { body } = await api.app.inject('/guide/reference');
    const { paths, components } = (await api.app.inject('/openapi.json')).json<{ paths: Record<string, object>; components: { schemas: object } }>();
    const headings = new Set([...body.matchAll(/<h3 id="[^"]*">(.*?)<a class="anchor"/g)].map((match) => match[1]));
    const routes = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
    expect([...headings].toSorted()).toEqual([...routes, ...new Set(Object.keys(components.schemas).map((name) => name.replace(/Input$/, '')))].toSorted());
    expect(body).toMatch(/<code>validation_split<\/code><\/td>\s*<td>number from 0 and below 1<\/td>\s*<td><code>0<\/code>/);
    expect(body).not.toMatch(/undefined|\[object/);
  });

  test.each(Object.entries(exampleBodies))('the example of %s is understood', async (route, body) => {
    const job = await createdJob(api);
    const [method, path] = route.split(' ') as ['POST' | 'PUT', string];
    const url = path.replace('{id}', job).replace('{name}', 'risk').replace('{version}', '1');
    const answer = await api.call({ method, url, payload: JSON.stringify(body).replace(/job_\w{26}/, job), headers: { 'content-type': 'application/json' } });
    const { errors = [] } = answer.json<{ errors?: { code: string }[] }>();
    // Whether what it names is there is another matter.
    expect(errors.filter(({ code }) => code !== 'not_found'), answer.body).toEqual([]);
    expect([200, 201, 202, 404, 409, 422, 503], answer.body).toContain(answer.statusCode);
  });
});

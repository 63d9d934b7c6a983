import { errorCodes } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from './testing/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { summary?: string; tags?: string[]; parameters?: { name: string; in: string; style?: string }[] }>>;
  components: { schemas: Record<string, unknown> };
}
const load = async (): Promise<Document> => (await api.app.inject('/openapi.json')).json();

test('lists the routes that there are', async () => {
  const { openapi, paths } = await load();
  expect(openapi).toBe('3.1.0');
  const job = '/v1/jobs/{id}';
  expect(Object.keys(paths).sort()).toEqual(
    [
      ...['/healthz', '/readyz', '/metrics', '/v1/jobs', job, '/v1/models:validate', '/v1/datasets', '/v1/datasets/{id}', '/v1/files', '/v1/files/{path}', '/v1/keys', '/v1/keys/{id}', '/v1/webhook-secret', '/v1/webhook-secret/change'],
      ...['/v1/models', '/v2', '/v2/health/live', '/v2/health/ready'],
      ...['', ':predict', '/metadata', '/rollback', '/versions/{version}', '/versions/{version}:predict', '/versions/{version}/metadata'].map((end) => `/v1/models/{name}${end}`),
      ...['', '/ready', '/infer'].flatMap((end) => [`/v2/models/{name}${end}`, `/v2/models/{name}/versions/{version}${end}`]),
      ...['cancel', 'stop', 'pause', 'resume', 'retry', 'continue', 'events', 'history', 'metrics', 'resources', 'logs', 'checkpoints', 'checkpoints/{ref}/content', 'model', 'layers', 'layers/{name}', 'layers/{name}/weights', 'tensorboard', 'tensorboard/{path}', 'tensorboard/ui', 'predict', 'evaluate', 'predictions', 'predictions/content', 'webhook-deliveries', 'webhook-deliveries/test'].map((name) => `${job}/${name}`),
    ].sort(),
  );
});

test('every operation has a tag and a summary, and every reference leads somewhere', async () => {
  const document = await load();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { summary, tags }] of Object.entries(operations)) {
      expect({ path, method, tags }).toEqual({ path, method, tags: [expect.any(String)] });
      if (path.startsWith('/v1')) expect({ path, method, summary }).toEqual({ path, method, summary: expect.any(String) });
    }
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!);
  expect(references.length).toBeGreaterThan(10);
  for (const name of references) expect(Object.keys(document.components.schemas)).toContain(name);
});

test('the parameters of every path are those in its braces', async () => {
  const { paths } = await load();
  for (const [path, operations] of Object.entries(paths)) {
    const braces = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
    for (const [method, { parameters = [] }] of Object.entries(operations)) {
      const named = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect({ path, method, named: named.sort() }).toEqual({ path, method, named: braces.sort() });
    }
  }
});

test('metadata is a deep object', async () => {
  const { paths } = await load();
  expect(paths['/v1/jobs']?.['get']?.parameters).toContainEqual(expect.objectContaining({ name: 'metadata', in: 'query', style: 'deepObject' }));
});

test('/docs names no other host', async () => {
  const page = await api.app.inject('/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-security-policy']).not.toMatch(/https?:|\.io|upgrade-insecure/);
  const scripts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
  expect(scripts.length).toBeGreaterThan(3);
  for (const script of scripts) {
    expect(script).not.toMatch(/^(https?:)?\/\//);
    expect((await api.app.inject(new URL(script, 'http://localhost/docs/').pathname)).statusCode).toBe(200);
  }
  const start = await api.app.inject('/docs/static/swagger-initializer.js');
  expect(start.body).toContain('/openapi.json');
});

test('/docs/errors leads to a page with an anchor for each code', async () => {
  const { headers } = await api.app.inject('/docs/errors');
  const page = new URL(String(headers.location), 'http://localhost/docs/errors').pathname;
  const { body } = await api.app.inject(page);
  for (const code of errorCodes) expect(body).toContain(`id="${code}"`);
  expect(body).not.toContain('```');
});

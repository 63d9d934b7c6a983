import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJobSnippet } from './create-job.js';

// Awkward on purpose: what would end a quote, a heredoc or a raw string in one of the languages.
const body = { name: "it's \"so\" $HOME `x` \\n '''", model: { class_name: 'Sequential', config: [] }, metadata: { line: 'a\nJSON\nb', é: '\u2028' } };

const received: { headers: IncomingMessage['headers']; url: string | undefined; body: unknown }[] = [];
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    received.push({ headers: request.headers, url: request.url, body: JSON.parse(text) });
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"id":"job_1","status":"queued"}');
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => void server.close());

const run = (program: string, args: string[], input: string) =>
  new Promise<string>((resolve, reject) => {
    const child = execFile(program, args, { env: { ...process.env, TRAINYARD_API_KEY: 'ty_test' } }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr))));
    child.stdin?.end(input);
  });

test.each([
  ['curl', 'bash', ['-s']],
  ['Python', 'python3', ['-']],
] as const)('the snippet for %s sends the very body, with the key of the environment', async (language, program, args) => {
  const output = await run(program, [...args], createJobSnippet(language, { kind: 'train', body }, { url, needsKey: true }));
  expect(output).toContain('job_1');
  expect(received.pop()).toMatchObject({ url: '/v1/jobs', body, headers: { authorization: 'Bearer ty_test', 'content-type': 'application/json' } });
});

test('the other languages have the body as it is, and no key', () => {
  const typescript = createJobSnippet('TypeScript', { kind: 'train', body }, { url, needsKey: false });
  expect(typescript).not.toContain('apiKey');
  expect(JSON.parse(/create\((.*)\);\nfor/s.exec(typescript)![1]!)).toEqual(body);
  const command = createJobSnippet('Command line', { kind: 'train', body }, { url, needsKey: true });
  expect(command).toMatch(/^TRAINYARD_URL=http:\/\/127\.0\.0\.1:\d+ npx trainyard train \/dev\/stdin --follow <<'JSON'\n/);
  expect(JSON.parse(/<<'JSON'\n(.*)\nJSON\n$/s.exec(command)![1]!)).toEqual(body);
});

test('of an evaluation they say whose checkpoint it is, and of what', async () => {
  const evaluation = { kind: 'evaluate' as const, trained: 'job_1', body: { checkpoint: 'ckpt_1', data: { uri: "files/it's.csv", x: 'x' }, batch_size: 64 } };
  await run('bash', ['-s'], createJobSnippet('curl', evaluation, { url, needsKey: true }));
  expect(received.pop()).toMatchObject({ url: '/v1/jobs/job_1/evaluate', body: evaluation.body });
  expect(createJobSnippet('TypeScript', evaluation, { url, needsKey: true })).toContain("client.jobs.evaluate('job_1', {");
  const command = createJobSnippet('Command line', { ...evaluation, kind: 'predict' }, { url, needsKey: true });
  expect(command).toMatch(/npx trainyard predict job_1 --source source.json --output predictions.npz --checkpoint ckpt_1 --batch-size 64\n$/);
  expect(JSON.parse(/<<'JSON'\n(.*)\nJSON\n/s.exec(command)![1]!)).toEqual(evaluation.body.data);
});

import { randomBytes } from 'node:crypto';
import type { Job } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { smallJob, uploadTwoClasses } from '../support/example-jobs.js';
import type { AppProcess } from '../support/app-process.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { TraceReceiver, type ReceivedSpan } from '../support/trace-receiver.js';

// One trace from a client's request to the training process, and to the predictor; and a receiver that goes away.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let receiver: TraceReceiver;
let stack: Stack;
let worker: AppProcess;
let api: JobsApi;
beforeAll(async () => {
  receiver = await TraceReceiver.start();
  stack = await Stack.start({ predictor: true, env: receiver.env });
  api = stack.api;
  worker = await stack.startWorker();
  await uploadTwoClasses(api);
});
afterAll(async () => {
  await stack.stop();
  await receiver.stop();
});

const clientSpan = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
const asChild = (flags: '00' | '01', traceId = clientSpan.traceId) => ({ traceparent: `00-${traceId}-${clientSpan.spanId}-${flags}` });
const lines = (process: AppProcess): Record<string, unknown>[] => process.output.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as Record<string, unknown>] : []));

/** The one span of a name. */
function named(spans: readonly ReceivedSpan[], name: string, service?: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name && (service === undefined || span.service === service));
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

let id: string;

it('a job: from the request to the queue, the worker, and what its training process does', async () => {
  const { body: job } = await api.call<Job>('POST', '/v1/jobs', smallJob({ fit: { batch_size: 50, epochs: 3 } }), asChild('01'));
  id = job.id;
  await api.until(id, 'succeeded');
  const spans = await receiver.until(clientSpan.traceId, ['POST /v1/jobs', 'send deliveries', 'attempt', 'fit', 'finish', 'write checkpoint']);

  const request = named(spans, 'POST /v1/jobs');
  expect(request).toMatchObject({ service: 'trainyard-api', kind: 2, parentSpanId: clientSpan.spanId, failed: false });
  expect(request.attributes).toMatchObject({ 'http.request.method': 'POST', 'http.route': '/v1/jobs', 'http.response.status_code': 202, 'trainyard.request_id': expect.stringMatching(/^req_/) });
  expect(named(spans, 'send deliveries')).toMatchObject({ service: 'trainyard-api', kind: 4, parentSpanId: request.spanId });

  const attempt = named(spans, 'attempt');
  expect(attempt).toMatchObject({ service: 'trainyard-worker', kind: 5, parentSpanId: request.spanId, failed: false });
  expect(attempt.attributes).toMatchObject({ 'trainyard.job.id': id, 'trainyard.job.kind': 'train', 'trainyard.attempt': 1, 'trainyard.outcome': 'succeeded' });
  for (const name of ['build model', 'open data', 'restore', 'fit', 'finish']) expect(named(spans, name)).toMatchObject({ service: 'trainyard-worker', parentSpanId: attempt.spanId, failed: false });
  const epochs = spans.filter(({ name }) => name === 'epoch');
  expect(epochs.map(({ parentSpanId, attributes }) => [parentSpanId, attributes['trainyard.epoch']])).toEqual([0, 1, 2].map((epoch) => [named(spans, 'fit').spanId, epoch]));
  expect(named(spans, 'write checkpoint').parentSpanId).toBe(named(spans, 'finish').spanId);
});

it('a prediction: from the request to the predictor, its loading and its run', async () => {
  const traceId = randomBytes(16).toString('hex');
  const instances = [Array<number>(8).fill(0), Array<number>(8).fill(1)];
  expect((await api.call('POST', `/v1/jobs/${id}/predict`, { instances }, asChild('01', traceId))).status).toBe(200);
  const spans = await receiver.until(traceId, ['POST /v1/jobs/:id/predict', 'POST /predict', 'load checkpoint', 'run']);
  const request = named(spans, 'POST /v1/jobs/:id/predict');
  const call = named(spans, 'POST /predict', 'trainyard-api');
  const served = named(spans, 'POST /predict', 'trainyard-predictor');
  expect([request.parentSpanId, call.parentSpanId, served.parentSpanId]).toEqual([clientSpan.spanId, request.spanId, call.spanId]);
  expect([request.kind, call.kind, served.kind]).toEqual([2, 3, 2]);
  expect(named(spans, 'load checkpoint')).toMatchObject({ service: 'trainyard-predictor', parentSpanId: served.spanId });
  expect(named(spans, 'run')).toMatchObject({ service: 'trainyard-predictor', parentSpanId: served.spanId, attributes: { 'trainyard.batch.rows': 2, 'trainyard.batch.requests': 1 } });
});

it('log lines name the trace: of a request with its id, of an attempt with its job', async () => {
  const traceId = randomBytes(16).toString('hex');
  const { headers } = await api.call('GET', `/v1/jobs/${id}`, undefined, asChild('01', traceId));
  const requests = await waitFor('two lines about the request', async () => {
    const found = lines(stack.apiProcess).filter((line) => line['trace_id'] === traceId);
    return found.length < 2 ? undefined : found;
  });
  expect(requests.map(({ msg, reqId }) => [msg, reqId])).toEqual(['incoming request', 'request completed'].map((msg) => [msg, headers.get('x-request-id')]));
  const attempt = lines(worker).filter((line) => 'attempt' in line);
  expect(attempt.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['the job was claimed', 'the attempt has ended; the job is succeeded']));
  for (const line of attempt) expect(line).toMatchObject({ job_id: id, attempt: 1 });
  expect(attempt.at(-1)).toMatchObject({ trace_id: clientSpan.traceId });
});

it('what a client does not sample is not traced; an attempt that fails says why', async () => {
  const [unsampled, failing] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  await api.call('GET', `/v1/jobs/${id}`, undefined, asChild('00', unsampled));
  const { body: job } = await api.call<Job>('POST', '/v1/jobs', smallJob({ data: { train: { uri: 'files/nowhere.npz' } } }), asChild('01', failing));
  await api.until(job.id, 'failed');
  const spans = await receiver.until(failing, ['attempt', 'open data']);
  expect(named(spans, 'attempt')).toMatchObject({ failed: true, attributes: { 'trainyard.outcome': 'failed', 'error.type': 'data_not_found' } });
  expect(named(spans, 'open data').failed).toBe(true);
  expect(receiver.spans.filter(({ traceId }) => traceId === unsampled)).toEqual([]);
});

it('a receiver that does not answer disturbs nothing', async () => {
  receiver.hang();
  const job = await api.submit(smallJob({ fit: { batch_size: 50, epochs: 1 } }));
  expect(await api.until(job.id, 'succeeded')).toMatchObject({ attempt: 1 });
  const began = performance.now();
  await worker.stop();
  expect(performance.now() - began).toBeLessThan(8_000); // an export would wait for ten seconds
});

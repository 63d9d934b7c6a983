import { appendEvents, endAttempt, renewLease } from '@trainyard/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.js';
import { runningJob } from '../../../../testing/attempt.js';

let api: TestApi;
let base: string;
beforeAll(async () => {
  api = await startApi();
  base = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.close());

interface Event {
  id?: string;
  event: string;
  data: { seq?: number; type?: string; data?: Record<string, unknown>; progress?: { step: number } };
}

/** Reads a stream to its end, or until `enough`. */
async function read(jobId: string, headers: Record<string, string> = {}, enough: (events: Event[]) => boolean = () => false) {
  const response = await fetch(`${base}/v1/jobs/${jobId}/events`, { headers: { ...api.headers, accept: 'text/event-stream', ...headers } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events: Event[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const fields = Object.fromEntries(text.slice(0, end).split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields.event !== undefined) events.push({ ...fields, data: JSON.parse(fields.data) });
    }
    if (enough(events)) break;
  }
  return events;
}

const log = (message: string) => ({ type: 'log' as const, data: { level: 'info' as const, message } });

test('a stream sends what there is, what comes, the progress between, and ends after the terminal event', async () => {
  const ref = await runningJob(api);
  const { database } = api.scratch;
  const progress = { epoch: 0, epochs: 3, step: 5, steps_per_epoch: 10, fraction: 0.1, eta_s: null };
  const reading = read(ref.jobId, {}, (events) => {
    const last = events.at(-1);
    if (last?.event === 'status' && last.data.seq === 2) void renewLease(database, ref, { leaseMs: 60_000, progress });
    if (last?.event === 'progress') {
      void appendEvents(database, ref, [log('one'), log('two')]).then(() => endAttempt(database, ref, { status: 'succeeded', stopReason: 'completed' }));
    }
    return false;
  });
  const events = await reading;
  const numbered = events.filter(({ id }) => id !== undefined);
  expect(numbered.map(({ id }) => Number(id))).toEqual([1, 2, 3, 4, 5]);
  expect(events.find(({ event }) => event === 'progress')?.data.progress?.step).toBe(5);
  expect(events.at(-1)).toMatchObject({ event: 'status', data: { data: { status: 'succeeded', stop_reason: 'completed' } } });
});

test('a stream that is resumed goes on behind the last event that was seen', async () => {
  const ref = await runningJob(api);
  const { database } = api.scratch;
  await appendEvents(database, ref, [log('one'), log('two')]);
  const first = await read(ref.jobId, {}, (events) => events.length >= 3);
  await endAttempt(database, ref, { status: 'cancelled' });
  const rest = await read(ref.jobId, { 'last-event-id': first[2]!.id! });
  expect(rest.map(({ id }) => id)).toEqual(['4', '5']);
  expect(await read(ref.jobId, { 'last-event-id': '5' })).toEqual([]);
});

test('a Last-Event-ID that is no number is refused', async () => {
  const { jobId } = await runningJob(api);
  const response = await fetch(`${base}/v1/jobs/${jobId}/events`, { headers: { ...api.headers, accept: 'text/event-stream', 'last-event-id': 'x' } });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ pointer: 'last-event-id' }] });
});

test('closing the server ends open streams', async () => {
  const own = await startApi();
  const address = await own.app.listen({ host: '127.0.0.1', port: 0 });
  const { jobId } = await runningJob(own);
  const response = await fetch(`${address}/v1/jobs/${jobId}/events`, { headers: { ...own.headers, accept: 'text/event-stream' } });
  const reader = response.body!.getReader();
  await reader.read();
  await own.close();
  let ended = false;
  while (!ended) ended = (await reader.read()).done;
  expect(ended).toBe(true);
});

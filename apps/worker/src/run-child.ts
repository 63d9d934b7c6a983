import { findLibrary, LibraryNotFoundError } from '@trainyard/tensorflow';
import { relaySpans, withinRemote } from '@trainyard/telemetry';
import type { AttemptOrder, FromChild, Report, ToChild } from './messages.js';
import { evaluateJob } from './infer-job/evaluate-job.js';
import { predictJob } from './infer-job/predict-job.js';
import { scanDataset } from './scan-dataset/scan-dataset.js';
import { openAttempt } from './train-job/attempt.js';
import { outcomeOf, type Outcome } from './train-job/outcome.js';
import { openResources, type Resources } from './train-job/resources.js';
import { trainJob } from './train-job/train-job.js';
import { Wishes } from './train-job/wishes.js';
import { rehearse } from './warm-up/rehearse.js';
import { warmUp } from './warm-up/warm-up.js';

/*
 * The process of one attempt. The supervisor tells it where to work, which it gets ready for, and then what to do, over
 * IPC. It ends after its one attempt, and at once when that channel closes: then nobody renews its lease, and another
 * attempt may begin. Signals of the terminal or of a process manager are the supervisor's to answer.
 */

const wishes = new Wishes();
const ordered = new AbortController();
let ready: Promise<Resources> | undefined;

/** Listens to the supervisor. */
export function run(): void {
  // Not `process.exit`: it would wait for native threads in the middle of a step.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('message', (message: ToChild) => {
    switch (message.type) {
      case 'prepare':
        ready = prepare(openResources(message.workplace));
        return;
      case 'start':
        ordered.abort();
        void carryOut(message);
        return;
      case 'intent':
        wishes.follow(message.intent);
        return;
      case 'drain':
        wishes.follow('drain');
        return;
      default:
        message satisfies never;
    }
  });
}

/** For V8's code cache (packages/program): what each process compiles when it warms up. Of a machine without libtensorflow it keeps less. */
export async function practise(): Promise<void> {
  try {
    await rehearse(findLibrary(process.env), { sessions: true });
  } catch (error) {
    if (!(error instanceof LibraryNotFoundError)) throw error;
  }
}

async function prepare(resources: Resources): Promise<Resources> {
  // Before an order: from its first stage on there are spans.
  if (resources.workplace.tracing) await relaySpans((span) => void send({ type: 'span', span }));
  await warmUp(resources, ordered.signal);
  if (!ordered.signal.aborted) void send({ type: 'ready' });
  return resources;
}

async function carryOut({ order, traceparent }: Extract<ToChild, { type: 'start' }>): Promise<void> {
  if (order.intent !== null) wishes.follow(order.intent);
  let outcome: Outcome;
  try {
    if (!ready) throw new Error('the process was told to start before it was told where');
    const resources = await ready;
    outcome = await withinRemote(traceparent, () => workOn(order, resources));
  } catch (error) {
    outcome = outcomeOf(error);
  }
  if (outcome) await send({ type: 'ended', end: outcome });
  process.kill(process.pid, 'SIGKILL'); // libtensorflow may take its time to come down, and nothing is left to do
}

/** Does what the order's kind of job is for. */
async function workOn(order: AttemptOrder, resources: Resources): Promise<Outcome> {
  const report = (news: Report): void => void send({ type: 'report', report: news });
  switch (order.kind) {
    case 'train':
      return closing(await openAttempt(order, resources, wishes, report), trainJob);
    case 'evaluate':
      return closing(await openAttempt(order, resources, wishes, report), evaluateJob);
    case 'predict':
      return closing(await openAttempt(order, resources, wishes, report), predictJob);
    case 'scan':
      return closing(await openAttempt(order, resources, wishes, report), scanDataset);
  }
}

async function closing<A extends { close(): Promise<void> }>(attempt: A, work: (attempt: A) => Promise<Outcome>): Promise<Outcome> {
  const outcome = await work(attempt);
  await attempt.close();
  return outcome;
}

/** Resolves when the message has been handed to the operating system. */
function send(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

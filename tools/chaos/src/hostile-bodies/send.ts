import { Agent } from 'node:http';
import type { Problem } from '@trainyard/protocol';
import { inLanes } from '../lanes.js';
import type { Random } from '../random.js';
import { post } from '../site/post.js';
import type { Call, WrittenCall } from './call.js';
import { hostileCall } from './hostile-call.js';

export interface HostileOptions {
  /** Of the API. */
  readonly url: string;
  readonly calls: readonly Call[];
  readonly count: number;
  readonly random: Random;
  /** Told of each call, with what is wrong with how it was answered: nothing, if all is well. */
  readonly onAnswer: (status: number, faults: readonly string[], call: WrittenCall) => void;
}

const atOnce = 4;
/** Longer than the deadline that a call has by itself. */
const answeredWithinMs = 90_000;

/** Sends calls with things wrong in them, four at a time. The same seed sends the same calls. */
export async function sendHostileCalls({ url, calls, count, random, onAnswer }: HostileOptions): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const hostile = Array.from({ length: count }, () => hostileCall(calls, random));
  try {
    await inLanes(atOnce, hostile, async (call) => {
      const { status, body } = await post(url + call.path, { ...call, agent, timeoutMs: answeredWithinMs });
      onAnswer(status, call.cutOffAt === undefined ? faultsOf(status, body) : [], call);
    });
  } finally {
    agent.destroy();
  }
}

/** A call is answered, or refused in words that tell its sender what is wrong. */
function faultsOf(status: number, body: string): string[] {
  if (status === 0) return [body];
  if (status < 300) return [];
  const problem = parse(body);
  if (typeof problem?.code !== 'string' || typeof problem.detail !== 'string' || problem.detail === '') return [`${status}, and no problem: ${body.slice(0, 200)}`];
  // A deadline of few milliseconds is one of the things that calls may have.
  if (status >= 500 && problem.code !== 'deadline_exceeded') return [`${status} ${problem.code}: ${problem.detail}`];
  return [];
}

function parse(body: string): Partial<Problem> | undefined {
  try {
    return JSON.parse(body) as Partial<Problem>;
  } catch {
    return undefined;
  }
}

/** A call in words, so that it can be sent again. */
export function callText({ what, path, headers, body }: WrittenCall): string {
  const shown = /^[\t\n\r -~]*$/.test(body.toString('latin1')) ? body.toString('latin1') : `base64 ${body.toString('base64')}`;
  return `${what}: POST ${path.slice(0, 200)} ${JSON.stringify(headers)} ${shown.length > 600 ? `${shown.slice(0, 600)}… (${body.length} bytes)` : shown}`;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobRequestInput, JobStatus } from '@trainyard/protocol';
import type { Random } from '../random.js';
import type { Connection } from './connection.js';

/** A job that the API has answered for: 202. */
export interface Acknowledged {
  readonly id: string;
  readonly key: string;
}

/** How a single POST came back. */
export interface Posted {
  /** `undefined`: the connection broke, or nothing came in time. */
  readonly status: number | undefined;
  readonly id: string | undefined;
  readonly tookMs: number;
  /** What was answered instead of a job, or why nothing was. */
  readonly problem: string;
}

/** A thousand POSTs at once are answered within 15 s on two cores with nothing beside them. */
const answerWithinMs = 90_000;
const pauseMs = 200;

/**
 * Sends jobs as a careful client does: each with an Idempotency-Key, again and again until it is acknowledged, to any of the
 * API's processes. Every acknowledgement is recorded, and none is forgotten.
 */
export class Recorder {
  /** By key: all ids that were answered for it. */
  readonly #acknowledged = new Map<string, Set<string>>();
  /** Of jobs that were taken back: how they may end. */
  readonly #ends = new Map<string, readonly JobStatus[]>();

  constructor(
    private readonly urls: readonly string[],
    private readonly random: Random,
  ) {}

  /** In the order of their first acknowledgement. */
  get jobs(): Acknowledged[] {
    return [...this.#acknowledged].map(([key, [id = '']]) => ({ id, key }));
  }

  /** Sends a job until it is acknowledged. @throws Error with the problem when it is refused: sending it again would not help. */
  async submit(request: JobRequestInput, key: string = randomUUID()): Promise<Acknowledged> {
    for (;;) {
      const { status, id, problem } = await this.post(request, key);
      if (id !== undefined) return { id, key };
      if (status !== undefined && status >= 400 && status < 500) throw new Error(`the job was refused with ${status}: ${problem}`);
      await sleep(pauseMs);
    }
  }

  /** Cancels a job, again and again until that is acknowledged, too. @throws Error when it is refused */
  async takeBack({ id }: Acknowledged): Promise<void> {
    for (;;) {
      const { status, text } = await send(`${this.random.pick(this.urls)}/v1/jobs/${id}/cancel`, {});
      // One that runs, or has run, may come to its end before the wish comes to it.
      if (status === 409) return void this.#ends.set(id, ['cancelled', 'succeeded']);
      if (status !== undefined && status < 300) return void this.#ends.set(id, (JSON.parse(text) as Job).status === 'cancelled' ? ['cancelled'] : ['cancelled', 'succeeded']);
      if (status !== undefined && status < 500) throw new Error(`the cancel of ${id} was refused with ${status}`);
      await sleep(pauseMs);
    }
  }

  /** Whether a job has ended as its user was told: taken back ones cancelled, all others succeeded. */
  endedWell({ id, status }: { readonly id: string; readonly status: JobStatus }): boolean {
    return (this.#ends.get(id) ?? ['succeeded']).includes(status);
  }

  /** Sends a job once. */
  async post(request: JobRequestInput, key: string, url = this.random.pick(this.urls)): Promise<Posted> {
    const started = performance.now();
    const { status, text } = await send(`${url}/v1/jobs`, request, { 'idempotency-key': key });
    const tookMs = performance.now() - started;
    if (status !== 202) return { status, id: undefined, tookMs, problem: text.slice(0, 500) };
    const { id } = JSON.parse(text) as Job;
    this.#acknowledged.set(key, (this.#acknowledged.get(key) ?? new Set()).add(id));
    return { status, id, tookMs, problem: '' };
  }

  /** Keys that were answered with more than one job, in words. */
  contradictions(): string[] {
    return [...this.#acknowledged].flatMap(([key, ids]) => (ids.size > 1 ? [`Idempotency-Key ${key} was answered with the jobs ${[...ids].join(', ')}`] : []));
  }

  /** What is missing, or more than there should be, in the database, in words. @param others jobs that were sent besides */
  async findLost(sql: Connection, others: readonly string[] = []): Promise<string[]> {
    const known = new Set([...this.jobs.map(({ id }) => id), ...others]);
    const rows = await sql.rows<{ id: string }>(`SELECT id FROM jobs WHERE kind = 'train'`);
    const stored = new Set(rows.map(({ id }) => id));
    return [
      ...[...known].filter((id) => !stored.has(id)).map((id) => `${id} was acknowledged and is not in the table jobs`),
      ...[...stored].filter((id) => !known.has(id)).map((id) => `${id} is in the table jobs and was never acknowledged`),
    ];
  }
}

/** POSTs once. Where the connection breaks, or nothing comes in time, there is no status, and the text says why. */
async function send(url: string, body: object, headers: Record<string, string> = {}): Promise<{ readonly status: number | undefined; readonly text: string }> {
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body), signal: AbortSignal.timeout(answerWithinMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    return { status: undefined, text: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

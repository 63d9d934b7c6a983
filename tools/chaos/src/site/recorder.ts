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
      const { status, job } = await this.#cancel(id);
      // One that runs, or has run, may come to its end before the wish comes to it.
      if (status !== undefined && (status < 300 || status === 409)) return void this.#ends.set(id, job?.status === 'cancelled' ? ['cancelled'] : ['cancelled', 'succeeded']);
      if (status !== undefined && status < 500) throw new Error(`the cancel of ${id} was refused with ${status}`);
      await sleep(pauseMs);
    }
  }

  /** Whether a job has ended as its user was told: taken back ones cancelled, all others succeeded. */
  endedWell({ id, status }: { readonly id: string; readonly status: JobStatus }): boolean {
    return (this.#ends.get(id) ?? ['succeeded']).includes(status);
  }

  async #cancel(id: string): Promise<{ status?: number; job?: Job }> {
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${this.random.pick(this.urls)}/v1/jobs/${id}/cancel`, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(answerWithinMs) });
      const text = await response.text();
      return { status: response.status, ...(response.ok && { job: JSON.parse(text) as Job }) };
    } catch {
      return {};
    }
  }

  /** Sends a job once. */
  async post(request: JobRequestInput, key: string, url = this.random.pick(this.urls)): Promise<Posted> {
    const started = performance.now();
    const took = (): number => performance.now() - started;
    try {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const response = await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body: JSON.stringify(request), signal: AbortSignal.timeout(answerWithinMs) });
      const text = await response.text();
      if (response.status !== 202) return { status: response.status, id: undefined, tookMs: took(), problem: text.slice(0, 500) };
      const { id } = JSON.parse(text) as Job;
      this.#acknowledged.set(key, (this.#acknowledged.get(key) ?? new Set()).add(id));
      return { status: 202, id, tookMs: took(), problem: '' };
    } catch (error) {
      const { message, cause } = error as Error;
      return { status: undefined, id: undefined, tookMs: took(), problem: cause instanceof Error ? `${message}: ${cause.message}` : message };
    }
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

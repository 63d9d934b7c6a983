import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRequestInput } from '@trainyard/protocol';
import { waitFor } from '@trainyard/stack';
import { duration } from '../../report/figures.js';
import type { Recorder } from '../../site/recorder.js';
import { redisCommand } from '../../site/redis-command.js';
import type { Site } from '../../site/site.js';
import { consumedAgainWithinMs, type OutagesContext } from './promises.js';

export const outageKinds = ['redis-away', 'redis-restart', 'redis-flushall', 'postgres-away', 's3-away'] as const;
export type OutageKind = (typeof outageKinds)[number];

const postEveryMs = 500;

/** Breaks servers and heals them, and sees what becomes of those that need them. */
export class Outages {
  readonly postsWithoutRedisMs: number[] = [];
  readonly consumedAgainMs: Record<OutageKind, number[]> = { 'redis-away': [], 'redis-restart': [], 'redis-flushall': [], 'postgres-away': [], 's3-away': [] };

  constructor(
    private readonly context: OutagesContext,
    private readonly site: Site,
    private readonly recorder: Recorder,
    private readonly request: JobRequestInput,
    private readonly options: { readonly longestMs: number },
  ) {}

  async break(kind: OutageKind): Promise<void> {
    const { say, promises: kept } = this.context;
    await sleep(this.context.random.between(0, 1_000));
    say(`breaking: ${kind}`);
    await this.#do(kind);
    const healed = Date.now();
    const again = await this.#firstClaimAfter(healed);
    if (again !== undefined) this.consumedAgainMs[kind].push(again - healed);
    const seen = again === undefined ? 'none for two minutes' : `the first after ${duration(again - healed)}`;
    say(`${kind}: attempts begun after it: ${seen}`);
    kept.check('consumed', again !== undefined && again - healed <= this.context.atMost(consumedAgainWithinMs), `attempts begun after it: ${seen}`, kind);
  }

  async #do(kind: OutageKind): Promise<void> {
    const { site, context } = this;
    const awayMs = context.random.between(2_000, this.options.longestMs);
    switch (kind) {
      case 'redis-away':
        await site.redis.kill();
        await this.#postWithoutRedis(awayMs);
        return site.redis.start();
      case 'redis-restart':
        await site.redis.kill();
        return site.redis.start();
      case 'redis-flushall': {
        const answer = await redisCommand(site.redis.url, 'FLUSHALL');
        if (answer !== '+OK') throw new Error(`FLUSHALL was answered with ${answer}`);
        return;
      }
      case 'postgres-away':
        await site.postgres.kill();
        await sleep(awayMs);
        return site.postgres.start();
      case 's3-away':
        await site.s3?.kill();
        await sleep(this.options.longestMs);
        return site.s3?.restart();
      default:
        return kind satisfies never;
    }
  }

  async #postWithoutRedis(ms: number): Promise<void> {
    for (const end = performance.now() + ms; performance.now() < end; await sleep(postEveryMs)) {
      const { status, tookMs, problem } = await this.recorder.post(this.request, randomUUID());
      this.context.promises.check('accepted', status === 202, `status ${status} after ${duration(tookMs)}: ${problem}`, 'a POST while Redis was away');
      this.postsWithoutRedisMs.push(tookMs);
    }
  }

  /** When the first attempt after a moment began, of jobs that wait or are sent now. */
  async #firstClaimAfter(moment: number): Promise<number | undefined> {
    const ask = async (): Promise<number | undefined> => {
      const [row] = await this.site.sql
        .rows<{ at: number | null }>('SELECT (extract(epoch FROM min(started_at)) * 1000)::float8 AS at FROM attempts WHERE started_at > to_timestamp($1::float8 / 1000)', [moment])
        .catch(() => []);
      return row?.at ?? undefined;
    };
    return waitFor('workers to consume again', ask).catch(() => undefined);
  }

  /** Files of checkpoints that are not in the store, or not of the size that their rows say, in words. */
  async filesMissing(): Promise<string[]> {
    const bytes = new Map<string, number>();
    for await (const object of this.site.store.list('projects/')) bytes.set(object.key, object.bytes);
    const rows = await this.site.sql.rows<{ key: string; bytes: string; job: string }>('SELECT key, bytes, job_id AS job FROM checkpoints');
    return rows.filter((row) => bytes.get(row.key) !== Number(row.bytes)).map((row) => `${row.job}: ${row.key} should have ${row.bytes} bytes, and has ${bytes.get(row.key) ?? 'none'}`);
  }
}

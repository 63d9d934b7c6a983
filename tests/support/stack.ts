import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createScratchDatabase, type ScratchDatabase } from '@trainyard/database/testing';
import { startRedis, type OwnRedis } from '@trainyard/queue/testing';
import { AppProcess } from './app-process.js';
import { JobsApi } from './jobs-api.js';
import type { Seaweed } from './seaweed.js';

export interface StackOptions {
  readonly predictor?: boolean;
  /** Objects are in its bucket instead of in the folder. */
  readonly seaweed?: Pick<Seaweed, 'config' | 'bucket'>;
}

/**
 * All of Trainyard, as real processes on a database, a Redis and a folder of objects of its own.
 */
export class Stack {
  readonly #apps: AppProcess[] = [];

  private constructor(
    readonly postgres: ScratchDatabase,
    readonly redis: OwnRedis,
    readonly folder: string,
    private readonly storage: Readonly<Record<string, string>>,
  ) {}

  #api: JobsApi | undefined;

  static async start({ predictor = false, seaweed }: StackOptions = {}): Promise<Stack> {
    const [postgres, redis, folder] = await Promise.all([createScratchDatabase(), startRedis(), mkdtemp(path.join(tmpdir(), 'trainyard-e2e-'))]);
    const stack = new Stack(postgres, redis, folder, seaweed ? inBucket(seaweed) : { OBJECT_STORE_URL: pathToFileURL(folder).href });
    try {
      await stack.#serve(predictor);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  async #serve(predictor: boolean): Promise<void> {
    const predictorUrl = predictor ? (await this.#start('predictor', { PORT: '0' })).url : undefined;
    const { url } = await this.#start('api', { PORT: '0', TRAINYARD_AUTH: 'off', ...(predictorUrl !== undefined && { PREDICTOR_URL: predictorUrl }) });
    this.#api = new JobsApi(url);
  }

  get api(): JobsApi {
    if (!this.#api) throw new Error('the stack has not been started');
    return this.#api;
  }

  async startWorker(env: NodeJS.ProcessEnv = {}): Promise<AppProcess> {
    return (await this.#start('worker', env)).app;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.stop()));
    await this.postgres.drop();
    await this.redis.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #start(name: 'api' | 'worker' | 'predictor', env: NodeJS.ProcessEnv): Promise<{ app: AppProcess; url: string }> {
    const shared = { DATABASE_URL: this.postgres.url, REDIS_URL: this.redis.url, ...this.storage, HOST: '127.0.0.1' };
    const started = await AppProcess.start(name, { ...process.env, ...shared, ...env });
    this.#apps.push(started.app);
    return started;
  }
}

const inBucket = ({ config, bucket }: Pick<Seaweed, 'config' | 'bucket'>): Record<string, string> => ({
  ...{ OBJECT_STORE_URL: `s3://${bucket}`, S3_ENDPOINT: config.endpoint },
  ...{ S3_ACCESS_KEY: config.accessKey, S3_SECRET_KEY: config.secretKey },
});

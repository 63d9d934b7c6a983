import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createScratchDatabase, type ScratchDatabase } from '@trainyard/database/testing';
import type { S3Config } from '@trainyard/object-store';
import { startRedis, type OwnRedis } from '@trainyard/queue/testing';
import type { AppProcess } from './app-process.js';
import { JobsApi } from './jobs-api.js';
import { Processes } from './processes.js';
import { removeFolder } from './remove-folder.js';

export interface StackOptions {
  readonly predictor?: boolean;
  /** What all processes are told besides where their parts are. */
  readonly env?: NodeJS.ProcessEnv;
  /** Objects are in the bucket of this S3 server instead of in the folder. */
  readonly seaweed?: { readonly config: S3Config; readonly bucket: string };
}

/**
 * All of Trainyard, as real processes on a database, a Redis and a folder of objects of its own.
 */
export class Stack {
  readonly #processes: Processes;
  #api: { readonly process: AppProcess; readonly client: JobsApi } | undefined;

  private constructor(
    readonly postgres: ScratchDatabase,
    readonly redis: OwnRedis,
    readonly folder: string,
    env: NodeJS.ProcessEnv,
  ) {
    this.#processes = new Processes({ DATABASE_URL: postgres.url, REDIS_URL: redis.url, ...env });
  }

  static async start({ predictor = false, env = {}, seaweed }: StackOptions = {}): Promise<Stack> {
    const [postgres, redis, folder] = await Promise.all([createScratchDatabase(), startRedis(), mkdtemp(path.join(tmpdir(), 'trainyard-e2e-'))]);
    const stack = new Stack(postgres, redis, folder, { ...env, ...(seaweed ? inBucket(seaweed) : { OBJECT_STORE_URL: pathToFileURL(folder).href }) });
    try {
      await stack.#serve(predictor);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  async #serve(predictor: boolean): Promise<void> {
    const predictorUrl = predictor ? (await this.#processes.start('predictor')).url : undefined;
    const process = await this.#processes.startApi({ ...(predictorUrl !== undefined && { PREDICTOR_URL: predictorUrl }) });
    this.#api = { process, client: new JobsApi(process.url) };
  }

  get api(): JobsApi {
    return this.#served.client;
  }

  get apiProcess(): AppProcess {
    return this.#served.process;
  }

  get #served() {
    if (!this.#api) throw new Error('the stack has not been started');
    return this.#api;
  }

  async startWorker(env: NodeJS.ProcessEnv = {}): Promise<AppProcess> {
    // Tests do not wait ten seconds for something to go on from.
    return this.#processes.start('worker', { WORKER_SNAPSHOT_EPOCH_INTERVAL_S: '1', ...env });
  }

  async stop(): Promise<void> {
    await this.#processes.stop();
    await this.postgres.drop();
    await this.redis.stop();
    await removeFolder(this.folder);
  }
}

const inBucket = ({ config, bucket }: NonNullable<StackOptions['seaweed']>): Record<string, string> => ({
  ...{ OBJECT_STORE_URL: `s3://${bucket}`, S3_ENDPOINT: config.endpoint },
  ...{ S3_ACCESS_KEY: config.accessKey, S3_SECRET_KEY: config.secretKey },
});

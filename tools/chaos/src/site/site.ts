import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startSeaweed, type Seaweed } from '@trainyard/bench/seaweed';
import { findRedisServer, startOwnPostgres, type OwnPostgres } from '@trainyard/cli';
import { deployMigrations } from '@trainyard/database';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import { startRedis, type OwnRedis } from '@trainyard/queue/testing';
import { Processes, removeFolder, type AppProcess } from '@trainyard/stack';
import { Connection } from './connection.js';
import { Freezer } from './freezer.js';

export interface SiteOptions {
  /** Whether objects are kept in an S3 server of its own. */
  readonly s3?: boolean;
  /** Whether each process computes with one thread: threads of many processes that wait for work are in each other's way. */
  readonly oneThread?: boolean;
}

const oneThreadEnv = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1' };

/** Servers of a trial's own, each of which may be broken, and the processes that work on them. */
export class Site {
  readonly processes: Processes;
  /** Stops processes and lets them go on. */
  readonly freezer = new Freezer();
  readonly sql: Connection;
  #workers = 0;

  private constructor(
    readonly postgres: OwnPostgres,
    readonly redis: OwnRedis,
    readonly store: ObjectStore,
    /** The S3 server, where objects are not kept in a folder. */
    readonly s3: Seaweed | undefined,
    private readonly folder: string,
    objects: NodeJS.ProcessEnv,
  ) {
    this.sql = new Connection(postgres.url);
    this.processes = new Processes({ DATABASE_URL: postgres.url, REDIS_URL: redis.url, TMPDIR: this.temporary, LOG_LEVEL: 'warn', ...objects });
  }

  /** Starts the servers, and makes an empty database. */
  static async open({ s3 = false, oneThread = false }: SiteOptions = {}): Promise<Site> {
    const threads = oneThread ? oneThreadEnv : {};
    const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-chaos-'));
    const [postgres, redis, seaweed] = await Promise.all([startOwnPostgres(), findRedisServer().then(startRedis), s3 ? startSeaweed() : undefined]);
    await mkdir(path.join(folder, 'tmp'));
    await deployMigrations(postgres.url);
    if (seaweed) {
      const { endpoint, accessKey, secretKey } = seaweed.config;
      const env = { ...threads, OBJECT_STORE_URL: `s3://${seaweed.bucket}`, S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey };
      return new Site(postgres, redis, await openObjectStore(env.OBJECT_STORE_URL, seaweed.config), seaweed, folder, env);
    }
    const url = pathToFileURL(path.join(folder, 'objects')).href;
    return new Site(postgres, redis, await openObjectStore(url), undefined, folder, { ...threads, OBJECT_STORE_URL: url });
  }

  /** Where its processes put files for a while. */
  get temporary(): string {
    return path.join(this.folder, 'tmp');
  }

  /** A worker with a name of its own, by which the database knows it. @param env besides: `WORKER_CONCURRENCY` */
  async startWorker(env: NodeJS.ProcessEnv = {}, options: { execArgv?: readonly string[] } = {}): Promise<SiteWorker> {
    const name = `worker-${++this.#workers}`;
    return { name, app: await this.processes.start('worker', { WORKER_NAME: name, ...env }, options) };
  }

  async close(): Promise<void> {
    this.freezer.release();
    await this.processes.kill();
    await this.sql.close();
    await Promise.all([this.postgres.stop(), this.redis.stop(), this.s3?.stop()]);
    await removeFolder(this.folder);
  }
}

export interface SiteWorker {
  readonly name: string;
  readonly app: AppProcess;
}

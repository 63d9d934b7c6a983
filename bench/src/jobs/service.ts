import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Client } from '@trainyard/client';

/** A `trainyard up` that serves. */
export interface RunningService {
  readonly url: string;
  /** What commands reach it with: `TRAINYARD_API_KEY` among others. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Starts `trainyard up` in the environment given and waits until it serves: scripts/lib/trainyard.mjs. */
export type StartService = (env: NodeJS.ProcessEnv) => Promise<RunningService>;

/** What would lead it to a database, a queue, a storage or an address of somebody else's. */
const OTHERS = ['DATABASE_URL', 'REDIS_URL', 'REDIS_PREFIX', 'OBJECT_STORE_URL', 'S3_ENDPOINT', 'PORT', 'HOST', 'TRAINYARD_AUTH', 'TRAINYARD_URL', 'TRAINYARD_API_KEY'];

/** A service for the benchmark alone: embedded database and queue, a data directory that goes when it stops. */
export class BenchService {
  readonly client: Client;

  private constructor(
    private readonly home: string,
    private readonly running: RunningService,
  ) {
    this.client = new Client({ url: running.url, apiKey: this.#apiKey });
  }

  static async start(start: StartService, env: NodeJS.ProcessEnv): Promise<BenchService> {
    const home = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-'));
    const own: NodeJS.ProcessEnv = { ...env, TRAINYARD_HOME: home };
    for (const name of OTHERS) delete own[name];
    try {
      return new BenchService(home, await start(own));
    } catch (error) {
      await rm(home, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return this.running.url;
  }

  /** The header of that name. */
  get authorization(): string {
    return `Bearer ${this.#apiKey}`;
  }

  get #apiKey(): string {
    return this.running.env['TRAINYARD_API_KEY'] ?? '';
  }

  /** One of a job's TensorBoard files. */
  async tensorBoardFile(job: string, file: string): Promise<Uint8Array> {
    const response = await fetch(`${this.running.url}/v1/jobs/${job}/tensorboard/${file}`, { headers: { authorization: this.authorization } });
    if (!response.ok) throw new Error(`${job}, TensorBoard file ${file}: expected it to be answered, received ${response.status} ${await response.text()}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey, ensureProject } from '@trainyard/database';
import { createScratchDatabase, type ScratchDatabase } from '@trainyard/database/testing';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { openProducer, type Producer } from '@trainyard/queue';
import { keepEverything, type Scope } from '@trainyard/protocol';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { buildApp } from '../app.js';
import type { App, Deps } from '../deps.js';
import { Predictors } from '../predictors/predictors.js';
import type { TensorBoardSettings } from '../tensorboard/settings.js';
import { TensorBoards } from '../tensorboard/tensorboards.js';

export interface TestApi {
  readonly app: App;
  readonly deps: Deps;
  readonly scratch: ScratchDatabase;
  readonly store: ObjectStore;
  readonly projectId: string;
  /** Of an admin key. */
  readonly headers: { authorization: string };
  /** A request with the admin key. */
  call(options: InjectOptions): Promise<LightMyRequestResponse>;
  keyHeaders(scopes: readonly Scope[], project?: string): Promise<{ authorization: string }>;
  close(): Promise<void>;
}

export interface TestApiOptions extends Partial<Pick<Deps, 'auth' | 'dashboard' | 'producer' | 'retention'>> {
  readonly predictorUrls?: readonly string[];
  /** Default: there is none. */
  readonly tensorBoard?: Partial<TensorBoardSettings>;
}

const noTensorBoard: TensorBoardSettings = { program: 'off', fetched: '', path: '', python: 'python3', maxRunning: 1, maxBytes: 2 ** 20, idleMs: 60_000 };

/** The API on a database, a store and a queue of the test's own. */
export async function startApi({ predictorUrls = [], tensorBoard, ...options }: TestApiOptions = {}): Promise<TestApi> {
  const scratch = await createScratchDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'trainyard-api-'));
  const store = await openFilesystemStore(directory);
  const url = process.env['TRAINYARD_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const producer: Producer = options.producer ?? openProducer({ url, prefix: `trainyard_test_${randomBytes(6).toString('hex')}` });
  const predictors = new Predictors(predictorUrls);
  const tensorBoards = new TensorBoards(store, { ...noTensorBoard, ...tensorBoard });
  const deps: Deps = { database: scratch.database, store, producer, predictors, tensorBoards, dashboard: join(directory, 'no-dashboard'), retention: keepEverything, auth: { mode: 'keys' }, ...options };
  const app = await buildApp(deps);
  const keyHeaders = async (scopes: readonly Scope[], project = 'default') => {
    const { id } = await ensureProject(scratch.database, project);
    const { secret } = await createKey(scratch.database, { projectId: id, name: 'test', scopes });
    return { authorization: `Bearer ${secret}` };
  };
  const headers = await keyHeaders(['admin']);
  const { id: projectId } = await ensureProject(scratch.database, 'default');
  return {
    ...{ app, deps, scratch, store, projectId, headers, keyHeaders },
    call: (request) => app.inject({ ...request, headers: { ...headers, ...request.headers } }),
    close: async () => {
      await app.close();
      await predictors.close();
      await tensorBoards.close();
      await producer.close();
      await scratch.drop();
      await rm(directory, { recursive: true });
    },
  };
}

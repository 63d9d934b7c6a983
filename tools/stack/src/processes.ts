import { AppProcess, type AppName, type AppOptions } from './app-process.js';

/** Processes of Trainyard that work on the same database, queue and objects. */
export class Processes {
  readonly #apps: AppProcess[] = [];

  /** @param env what all of them are told: `DATABASE_URL`, `REDIS_URL`, `OBJECT_STORE_URL` */
  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** Starts one and waits until it is ready. It listens on a free port of this machine's own address. */
  async start(name: AppName, env: NodeJS.ProcessEnv = {}, options: AppOptions = {}): Promise<AppProcess> {
    const app = await AppProcess.start(name, { ...process.env, HOST: '127.0.0.1', PORT: '0', ...this.env, ...env }, options);
    this.#apps.push(app);
    return app;
  }

  /** An API that asks for no key. */
  startApi(env: NodeJS.ProcessEnv = {}): Promise<AppProcess> {
    return this.start('api', { TRAINYARD_AUTH: 'off', ...env });
  }

  /** Asks all that run to end, and waits until they have. */
  async stop(): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.stop()));
  }

  /** Ends all that run at once, stopped ones too. */
  async kill(): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.kill()));
  }
}

import path from 'node:path';
import type { JobRecord } from '@trainyard/database';
import type { ObjectStore } from '@trainyard/object-store';
import { ApiError } from '@trainyard/protocol';
import { tensorBoardPrefix } from '../jobs/object-keys.js';
import { EventMirror, MirrorFullError } from './event-mirror.js';
import { makeFolder } from './folders.js';
import { findTensorBoard } from './program.js';
import { RunningTensorBoard } from './running.js';
import type { TensorBoardSettings } from './settings.js';

/** One that nobody has asked for so long gives way to another that is wanted. */
const givesWayAfterMs = 30_000;
const retryAfterS = 30;

/** The TensorBoard processes of this API: one for each set of jobs that somebody looks at. */
export class TensorBoards {
  readonly #open = new Map<string, Promise<RunningTensorBoard>>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly store: ObjectStore,
    private readonly settings: TensorBoardSettings,
    private readonly warn: (error: unknown) => void = () => undefined,
  ) {
    this.#timer = setInterval(() => void this.#endIdle(), Math.min(10_000, settings.idleMs)).unref();
  }

  /** How many there are, those that start included. */
  get open(): number {
    return this.#open.size;
  }

  /**
   * The process over the event files of jobs of one project, started where it does not run.
   *
   * @throws ApiError `tensorboard_unavailable` where it is not installed or does not start, `too_large`, `too_many_requests`
   */
  async of(jobs: readonly JobRecord[]): Promise<RunningTensorBoard> {
    const key = jobs.map(({ id }) => id).join();
    const known = await this.#open.get(key);
    if (known && !known.hasEnded) {
      known.touch();
      return known;
    }
    if (known) await this.#close(key);
    return this.#open.get(key) ?? this.#start(key, jobs);
  }

  #start(key: string, jobs: readonly JobRecord[]): Promise<RunningTensorBoard> {
    const starting = this.#makeRoom().then(() => this.#launch(jobs));
    this.#open.set(key, starting);
    starting.catch(() => this.#open.delete(key));
    return starting;
  }

  async #launch(jobs: readonly JobRecord[]): Promise<RunningTensorBoard> {
    const program = await findTensorBoard(this.settings);
    if (program === undefined) throw new ApiError('tensorboard_unavailable', 'TensorBoard is not installed where this API runs: download the event files, and open them with a TensorBoard of your own');
    const folder = await makeFolder();
    const sources = jobs.map((job) => ({ prefix: tensorBoardPrefix(job.projectId, job.id), folder: jobs.length === 1 ? folder : path.join(folder, runName(job)) }));
    const mirror = new EventMirror(this.store, sources, this.settings.maxBytes);
    const title = jobs.map(({ name, id }) => name ?? id).join(', ');
    return RunningTensorBoard.start(mirror, { program, folder, title, warn: this.warn }).catch((error: unknown) => {
      throw error instanceof MirrorFullError ? new ApiError('too_large', `${error.message}: download them, and open them with a TensorBoard of your own`) : error;
    });
  }

  /** @throws ApiError `too_many_requests` when all that may run are looked at */
  async #makeRoom(): Promise<void> {
    if (this.#open.size < this.settings.maxRunning) return;
    const running = await this.#running();
    const [idlest] = running.sort(([, a], [, b]) => b.idleMs - a.idleMs);
    if (idlest === undefined || (idlest[1].idleMs < givesWayAfterMs && !idlest[1].hasEnded))
      throw new ApiError('too_many_requests', `expected at most ${this.settings.maxRunning} TensorBoards at a time, and that many are looked at`, { retryAfterS });
    await this.#close(idlest[0]);
  }

  async #endIdle(): Promise<void> {
    for (const [key, running] of await this.#running()) if (running.hasEnded || running.idleMs > this.settings.idleMs) await this.#close(key);
  }

  async #running(): Promise<[string, RunningTensorBoard][]> {
    const all = await Promise.all([...this.#open].map(async ([key, starting]) => [key, await starting.catch(() => undefined)] as const));
    return all.filter((entry): entry is [string, RunningTensorBoard] => entry[1] !== undefined);
  }

  async #close(key: string): Promise<void> {
    const running = this.#open.get(key);
    this.#open.delete(key);
    await running?.then((open) => open.stop(), () => undefined);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#open.keys()].map((key) => this.#close(key)));
  }
}

/** What TensorBoard calls a job's runs, where it shows several. */
function runName({ id, name }: Pick<JobRecord, 'id' | 'name'>): string {
  const readable = (name ?? '').replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[.-]+/g, '').slice(0, 64);
  return readable === '' ? id : `${readable}-${id.slice(-6)}`;
}

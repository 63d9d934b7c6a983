import { expectHeld } from '@trainyard/database';
import { encodeEvent, eventFileName, fileVersionEvent, type TensorBoardEvent } from '@trainyard/tensorboard';
import type { Attempt } from '../attempt.js';
import { tensorBoardRun } from '../../object-keys.js';
import { dropUnlessOurs } from './checkpoints.js';

/** How far the event files had come. */
export interface EventPosition {
  /** Names of those that were full. */
  readonly files: readonly string[];
  /** What the one after them held. */
  readonly tail: Uint8Array;
}

/** The names under which a snapshot keeps both: taken together, since to flush may turn the one into the other. */
const namesFile = 'event_files';
const tailFile = 'events';

/** As files of a snapshot. */
export function positionToFiles({ files, tail }: EventPosition): Map<string, Uint8Array> {
  return new Map([[namesFile, Buffer.from(JSON.stringify(files))], [tailFile, tail]]);
}

/** From a snapshot's files; undefined when there is none. */
export function positionFromFiles(files: ReadonlyMap<string, Uint8Array> | undefined): EventPosition | undefined {
  const [names, tail] = [files?.get(namesFile), files?.get(tailFile)];
  return names && tail && { files: JSON.parse(Buffer.from(names).toString()) as string[], tail };
}

const fileBytes = 2 ** 20;

/**
 * The TensorBoard log of a job, as objects. Object stores cannot append, so the newest file is written anew with all that
 * belongs into it, and once it is a mebibyte long another one is begun: what is written for a log of n bytes stays
 * within a constant times n, and every file is whole at every moment. TensorBoard reads the files of a folder in the
 * order of their names. Each attempt has names of its own: one that lost its job without knowing it writes over nothing.
 */
export class EventFiles {
  #files: string[] = [];
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #dirty = false;
  readonly #startedAt = Date.now() / 1000;
  readonly #prefix: string;

  constructor(private readonly attempt: Attempt) {
    const { project, ref } = attempt.order;
    this.#prefix = tensorBoardRun(project, ref.jobId);
  }

  add(event: Omit<TensorBoardEvent, 'wallTime'>): void {
    const wallTime = Date.now() / 1000;
    if (this.#parts.length === 0) this.#begin(wallTime);
    this.#append(encodeEvent({ wallTime, ...event }));
  }

  /** What has been added so far. */
  position(): EventPosition {
    return { files: this.#parts.length > 0 ? this.#files.slice(0, -1) : [...this.#files], tail: Buffer.concat(this.#parts) };
  }

  /** Adds the storing of what is not stored yet to the journal. */
  flush(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    const key = this.#prefix + (this.#files.at(-1) ?? '');
    const content = Buffer.concat(this.#parts);
    const { attempt } = this;
    attempt.journal.add(async () => {
      await attempt.store.put(key, content);
      await dropUnlessOurs(attempt, key, () => expectHeld(attempt.database, attempt.order.ref));
    });
    if (this.#bytes >= fileBytes) this.#parts = [];
  }

  /** Goes on from where a snapshot was taken; without one nothing of earlier attempts counts. */
  async restore({ files, tail }: EventPosition = { files: [], tail: new Uint8Array() }): Promise<void> {
    this.#files = [...files];
    await this.dropOthers();
    if (tail.length === 0) return;
    this.#name();
    this.#append(tail);
    this.flush();
  }

  /** Removes files that are not this log's: what other attempts wrote beyond the snapshot that this one goes on from. */
  async dropOthers(): Promise<void> {
    const { store } = this.attempt;
    const own = new Set(this.#files.map((file) => this.#prefix + file));
    const others: string[] = [];
    for await (const { key } of store.list(this.#prefix)) if (!own.has(key) && key.includes('.tfevents.')) others.push(key);
    await store.delete(others);
  }

  #begin(wallTime: number): void {
    this.#name();
    this.#append(fileVersionEvent(wallTime));
  }

  #name(): void {
    const number = String(this.#files.length).padStart(6, '0'); // names sort as they were begun
    this.#files.push(eventFileName({ wallTime: this.#startedAt, host: 'trainyard', suffix: `${this.attempt.order.ref.attempt}.${number}` }));
    this.#bytes = 0;
  }

  #append(record: Uint8Array): void {
    this.#parts.push(record);
    this.#bytes += record.length;
    this.#dirty = true;
  }
}

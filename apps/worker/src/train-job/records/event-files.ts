import { encodeEvent, eventFileName, fileVersionEvent, type TensorBoardEvent } from '@trainyard/tensorboard';
import type { Attempt } from '../attempt.js';
import { tensorBoardRun } from '../../object-keys.js';

/** How far the event files had come: these files, of which the last one counts up to `bytes`. */
export interface EventPosition {
  readonly files: readonly string[];
  readonly bytes: number;
}

const fileBytes = 2 ** 20;

/**
 * The TensorBoard log of a job, as objects. Object stores cannot append, so the newest file is written anew with all that
 * belongs into it, and once it is a mebibyte long another one is begun: what is written for a log of n bytes stays
 * within a constant times n, and every file is whole at every moment. TensorBoard reads the files of a folder in the
 * order of their names.
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

  /** What has been added so far. Everything up to here is stored once the writes that `flush` adds are done. */
  position(): EventPosition {
    return { files: [...this.#files], bytes: this.#bytes };
  }

  /** Adds the storing of what is not stored yet to the journal. */
  flush(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    const key = this.#prefix + (this.#files.at(-1) ?? '');
    const content = Buffer.concat(this.#parts);
    this.attempt.journal.add(async () => {
      await this.attempt.store.put(key, content);
    });
    if (this.#bytes >= fileBytes) this.#parts = [];
  }

  /**
   * Goes on from where a snapshot was taken: what earlier attempts wrote after it is removed. Without a position nothing
   * of theirs counts.
   */
  async restore({ files, bytes }: EventPosition = { files: [], bytes: 0 }): Promise<void> {
    const { store } = this.attempt;
    const kept = new Set(files.map((file) => this.#prefix + file));
    const dropped: string[] = [];
    for await (const { key } of store.list(this.#prefix)) if (!kept.has(key) && key.includes('.tfevents.')) dropped.push(key);
    await store.delete(dropped);
    const last = files.at(-1);
    if (last !== undefined) await this.#cut(this.#prefix + last, bytes);
    this.#files = [...files];
    this.#bytes = bytes;
  }

  async #cut(key: string, bytes: number): Promise<void> {
    const content = await this.attempt.store.read(key);
    if (content.length > bytes) await this.attempt.store.put(key, content.subarray(0, bytes));
  }

  #begin(wallTime: number): void {
    const number = String(this.#files.length).padStart(6, '0'); // names sort as they were begun
    this.#files.push(eventFileName({ wallTime: this.#startedAt, host: 'trainyard', suffix: `${this.attempt.order.ref.attempt}.${number}` }));
    this.#bytes = 0;
    this.#append(fileVersionEvent(wallTime));
  }

  #append(record: Uint8Array): void {
    this.#parts.push(record);
    this.#bytes += record.length;
    this.#dirty = true;
  }
}

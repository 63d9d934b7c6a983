import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { DatasetArrays } from '../../dataset.js';
import { count } from '../part-memory.js';
import { fromPlain } from './errors.js';
import type { FromThread, ToThread } from './messages.js';
import type { PieceRequest } from './read-piece.js';
import type { PieceReader } from './reader.js';
import type { Recipe } from './recipe.js';

/**
 * Reads pieces in threads, which are started as they are needed, and in this one until they are there: a thread takes 0.3 to
 * 0.5 s of a processor's time to load its modules.
 */
export class ThreadReader implements PieceReader {
  private readonly threads: Thread[] = [];

  /** No more threads than this. */
  atMost = 1;

  constructor(
    private readonly recipe: Recipe,
    private readonly local: PieceReader,
  ) {}

  async *read(request: PieceRequest, signal: AbortSignal): AsyncGenerator<DatasetArrays, void> {
    const thread = this.idlest();
    if (!thread) return yield* this.local.read(request, signal);
    const id = thread.begin();
    try {
      for (let answer = await thread.ask({ type: 'read', id, request }, signal); answer.type === 'part'; answer = await thread.ask({ type: 'next', id }, signal)) {
        count(answer.arrays);
        yield answer.arrays;
      }
    } finally {
      thread.finish(id);
    }
  }

  async count(request: PieceRequest, filtered: boolean, signal: AbortSignal): Promise<number> {
    const thread = this.idlest();
    if (!thread) return this.local.count(request, filtered, signal);
    const id = thread.begin();
    try {
      const answer = await thread.ask({ type: 'count', id, request, filtered }, signal);
      return answer.type === 'counted' ? answer.rows : 0;
    } finally {
      thread.finish(id);
    }
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.end()));
  }

  private idlest(): Thread | undefined {
    const idle = this.threads.some((thread) => !thread.ready || thread.readings === 0);
    if (!idle && this.threads.length < this.atMost) this.threads.push(new Thread(this.recipe));
    const [idlest] = this.threads.filter((thread) => thread.ready).sort((x, y) => x.readings - y.readings);
    return idlest;
  }
}

type Answer = Exclude<FromThread, { type: 'failed' | 'ready' }>;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The thread's file as it was built, also where this file runs as a source: a thread knows nothing of TypeScript. */
const threadFile = createRequire(import.meta.url).resolve('#reader-thread');

class Thread {
  private readonly worker: Worker;
  private readonly begun = new Set<number>();
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  /** It can read. */
  ready = false;
  private failure: Error | undefined;

  constructor(recipe: Recipe) {
    this.worker = new Worker(threadFile, { workerData: recipe, execArgv: [], name: 'dataset reader' });
    this.worker.unref();
    this.worker.on('message', (answer: FromThread) => this.take(answer));
    this.worker.on('error', (error) => this.fail(new Error(`a thread that reads data failed: ${error.message}`, { cause: error })));
    this.worker.on('exit', () => this.fail(new Error('a thread that reads data has ended')));
  }

  /** Pieces that it is reading. */
  get readings(): number {
    return this.begun.size;
  }

  begin(): number {
    const id = this.nextId++;
    this.begun.add(id);
    return id;
  }

  /** @throws what the thread met, the signal's reason */
  async ask(message: ToThread, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    if (this.failure) throw this.failure;
    let stop = () => {};
    try {
      return await new Promise((resolve, reject) => {
        stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        signal.addEventListener('abort', stop);
        if (this.waiting.size === 0) this.worker.ref(); // somebody waits: the process must not end
        this.waiting.set(message.id, { resolve, reject });
        this.worker.postMessage(message);
      });
    } finally {
      signal.removeEventListener('abort', stop);
      this.forget(message.id);
    }
  }

  finish(id: number): void {
    this.begun.delete(id);
    this.worker.postMessage({ type: 'stop', id } satisfies ToThread);
  }

  async end(): Promise<void> {
    this.fail(new Error('the stream has been closed'));
    await this.worker.terminate();
  }

  private take(answer: FromThread): void {
    if (answer.type === 'ready') {
      this.ready = true;
      return;
    }
    const waiting = this.waiting.get(answer.id);
    if (answer.type === 'failed') waiting?.reject(fromPlain(answer.error));
    else waiting?.resolve(answer);
  }

  private forget(id: number): void {
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.ready = true; // for whoever reads next to meet it
    for (const { reject } of this.waiting.values()) reject(this.failure);
  }
}

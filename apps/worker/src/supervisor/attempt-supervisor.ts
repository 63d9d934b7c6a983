import { endAttempt, FencedError, recordResources, renewLease, type AttemptEnd, type Database, type Pulse } from '@trainyard/database';
import type { Intent } from '@trainyard/protocol';
import type { Logger } from 'pino';
import type { AttemptOrder, Report } from '../messages.js';
import { leaseMs } from '../train-job/claim.js';
import { jobError } from '../train-job/outcome.js';
import { isOutage, withPatience } from '../train-job/patience.js';
import { AttemptSpan } from './attempt-span.js';
import type { GpuMemory } from './gpu-memory.js';
import { residentBytes } from './memory.js';
import { MemoryGroup } from './memory-group.js';
import { ResourceSampler } from './resource-sampler.js';
import type { TrainingProcess, ProcessEnd } from './training-process.js';

/** A pulse renews the lease, stores progress and asks for the user's wish, in one statement. */
const pulseMs = 1_000;
/** How long a process that was asked to end may take: it stores a snapshot. Less than the 30 s after which containers are killed. */
const drainMs = 25_000;

export interface AttemptSupervisorOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly stallTimeoutMs: number;
  /** Undefined on a machine without a GPU. */
  readonly gpuMemory: GpuMemory | undefined;
  /** Called once, when the first step has been made. */
  readonly onTraining: () => void;
}

/**
 * Looks after one attempt: its process, its lease, the user's wishes, its memory and its progress, and in the end its
 * outcome, whatever becomes of the process.
 */
export class AttemptSupervisor {
  readonly #log: Logger;
  readonly #span: AttemptSpan;
  /** The end that we have decided on, which counts whatever the process says. */
  #verdict: AttemptEnd | undefined;
  #fenced = false;
  #report: Report = {};
  #lastSign = Date.now();
  /** -1: none yet. */
  #lastStep = -1;
  #told: Intent | null;

  constructor(
    private readonly order: AttemptOrder,
    private readonly process: TrainingProcess,
    private readonly options: AttemptSupervisorOptions,
  ) {
    this.#span = new AttemptSpan(order);
    this.#log = options.log.child({ job_id: order.ref.jobId, attempt: order.ref.attempt, trace_id: this.#span.traceId });
    this.#told = order.intent;
    process.listen({
      onReport: (report) => this.#hear(report),
      onLine: (line) => this.#log.info({ from: 'training' }, line),
    });
    process.tell({ type: 'start', order, traceparent: this.#span.traceparent });
  }

  /** Until the attempt has ended and its outcome is stored, or is no longer ours to store. */
  async run(): Promise<void> {
    try {
      await this.#run();
    } finally {
      this.#span.end();
    }
  }

  async #run(): Promise<void> {
    const pulse = this.#every(pulseMs, () => this.#pulse());
    const watch = this.#every(pulseMs / 4, () => this.#watch());
    const sampler = this.#sampler();
    sampler?.start();
    if (this.order.intent === 'kill') this.#end({ status: 'cancelled' });
    const group = await this.#enclose();
    const end = await this.process.ended;
    sampler?.stop();
    await Promise.all([pulse.stop(), watch.stop()]);
    const verdict = this.#verdict ?? ((await group?.killed()) ? this.#outOfMemory() : this.#read(end));
    await group?.remove();
    if (this.#fenced) this.#span.settled(verdict, 'fenced');
    else await this.#settle(verdict);
  }

  get #limitMiB(): number | null {
    return this.order.spec.resources.memory_limit_mb;
  }

  /** Where the kernel can, it keeps the process within its limit; looking from time to time may come too late. */
  async #enclose(): Promise<MemoryGroup | undefined> {
    const { pid } = this.process;
    return this.#limitMiB === null || pid === undefined ? undefined : MemoryGroup.around(pid, this.#limitMiB * 2 ** 20);
  }

  #outOfMemory(usedBytes?: number): AttemptEnd {
    const did = usedBytes === undefined ? 'asked for more host memory than it may have' : `used ${Math.ceil(usedBytes / 2 ** 20)} MB of host memory`;
    const remedy = this.order.kind === 'train' ? 'raise memory_limit_mb, lower batch_size, or stream the data with fit_generator' : 'raise memory_limit_mb, or lower batch_size';
    const message = `the training process ${did}, its limit is ${this.#limitMiB} MB; ${remedy}`;
    return { status: 'failed', error: jobError('oom_host', message, '/resources/memory_limit_mb') };
  }

  /** Passes on what the user wants. */
  wish(intent: Intent): void {
    if (intent === this.#told) return;
    this.#told = intent;
    if (intent === 'kill') this.#end({ status: 'cancelled' });
    else this.process.tell({ type: 'intent', intent });
  }

  /** Gives the job back to the queue, with what its process can store of it in a few seconds. */
  drain(): void {
    this.process.tell({ type: 'drain' });
    setTimeout(() => this.#end({ status: 'queued', reason: 'drained' }), drainMs).unref();
  }

  #hear(report: Report): void {
    this.#report = { ...this.#report, ...report };
    if (report.rowsRead !== undefined) this.#lastSign = Date.now();
    const step = report.progress?.step ?? this.#lastStep;
    if (step === this.#lastStep) return;
    if (this.#lastStep < 0) this.options.onTraining();
    this.#lastSign = Date.now();
    this.#lastStep = step;
  }

  /** Decides how the attempt ends, and ends its process. The first decision counts. */
  #end(verdict: AttemptEnd): void {
    this.#verdict ??= verdict;
    this.process.kill();
  }

  /** What of the reports is stored with the lease. */
  get #news(): Pick<Pulse, 'progress' | 'latestMetrics'> {
    const { progress, latestMetrics } = this.#report;
    return { progress, latestMetrics };
  }

  async #pulse(): Promise<void> {
    try {
      const intent = await renewLease(this.options.database, this.order.ref, { leaseMs, ...this.#news });
      if (intent !== null) this.wish(intent);
    } catch (error) {
      if (error instanceof FencedError) this.#giveUp();
      else if (!isOutage(error)) this.#log.error({ err: error }, 'the lease was not renewed');
    }
  }

  /** Another attempt has the job: ours must not go on. */
  #giveUp(): void {
    if (!this.#verdict) this.#log.warn('the job was taken over by another attempt; this one ends');
    this.#fenced = true;
    this.process.kill();
  }

  async #watch(): Promise<void> {
    const { stallTimeoutMs } = this.options;
    if (Date.now() - this.#lastSign > stallTimeoutMs) {
      const message = `no step was made for ${stallTimeoutMs / 1000} s`;
      this.#end({ status: 'queued', reason: 'no progress', fault: jobError('no_progress', message) });
    }
    const { pid } = this.process;
    if (this.#limitMiB === null || pid === undefined) return;
    const used = await residentBytes(pid);
    if (used !== undefined && used > this.#limitMiB * 2 ** 20) this.#end(this.#outOfMemory(used));
  }

  #sampler(): ResourceSampler | undefined {
    const { database, gpuMemory } = this.options;
    const { ref, ranMs, spec } = this.order;
    const { pid } = this.process;
    if (pid === undefined) return undefined;
    return new ResourceSampler({
      ...{ pid, ranMs, memoryLimitMb: this.#limitMiB, gpuMemory: spec.resources.device === 'cpu' ? undefined : gpuMemory },
      store: (sample, every) => recordResources(database, ref, sample, every),
      onTrouble: (error) => this.#log.debug({ err: error }, 'a sample of resources was not stored'),
    });
  }

  #read(end: ProcessEnd): AttemptEnd {
    if ('said' in end) return end.said;
    return { status: 'queued', reason: 'worker lost', fault: jobError('worker_lost', end.died) };
  }

  /** Stores the outcome, however long the database is away. */
  async #settle(end: AttemptEnd): Promise<void> {
    const { database } = this.options;
    try {
      await withPatience(() => renewLease(database, this.order.ref, { leaseMs, ...this.#news }), Infinity);
      const status = await withPatience(() => endAttempt(database, this.order.ref, end), Infinity);
      this.#span.settled(end, status);
      this.#log.info({ end, status }, `the attempt has ended; the job is ${status}`);
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      this.#span.settled(end, 'fenced');
      this.#log.warn({ end }, 'the attempt has ended, and did not hold its job any more');
    }
  }

  /** Does something again and again, never twice at once. `stop` waits for the one under way. */
  #every(ms: number, action: () => Promise<void>): { stop(): Promise<void> } {
    let running = Promise.resolve();
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      running = action().finally(() => (busy = false));
    }, ms);
    return {
      stop: () => {
        clearInterval(timer);
        return running;
      },
    };
  }
}

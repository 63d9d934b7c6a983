import type { AttemptEnd, AttemptRef, SettledPlan, SnapshotPointer, Work } from '@trainyard/database';
import type { Best, InferenceResult, Intent, Progress } from '@trainyard/protocol';
import type { FinishedSpan } from '@trainyard/telemetry';
import type { SnapshotIntervals, StorageConfig } from './env.js';

/*
 * What the supervisor and a training process say to each other over IPC. It carries connection strings, so it is the
 * only way that they reach the process. When the channel closes, the process ends.
 */

/** Where a worker's attempts work: a process can get ready there before there is one. */
export interface Workplace {
  readonly databaseUrl: string;
  readonly storage: StorageConfig;
  /** libtensorflow's file. */
  readonly library: string;
  /** What callbacks may send to although its addresses are not public. */
  readonly outboundHosts: readonly string[];
  readonly snapshots: SnapshotIntervals;
  /** Whether the supervisor wants spans of what the process does. */
  readonly tracing: boolean;
}

/** What an attempt works by. */
export type AttemptOrder = OrderOf<'train'> | InferenceOrder | OrderOf<'scan'>;
/** What an attempt works by that applies a checkpoint to a source. */
export type InferenceOrder = OrderOf<'evaluate'> | OrderOf<'predict'>;

/** What an attempt of one kind of job works by. */
export type OrderOf<Kind extends Work['kind']> = Extract<Work, { kind: Kind }> & OrderBase;

interface OrderBase {
  readonly ref: AttemptRef;
  readonly project: string;
  /** What an earlier attempt settled for all. */
  readonly settled: SettledPlan | null;
  /** The object with what an earlier attempt found out about the data. */
  readonly dataKey: string | null;
  readonly snapshot: SnapshotPointer | null;
  readonly best: Best | null;
  /** A wish that an earlier attempt did not live to fulfil. */
  readonly intent: Intent | null;
  /** Milliseconds that earlier attempts were running. */
  readonly ranMs: number;
  /** Of the request that created the job; null where nothing was traced. */
  readonly traceparent: string | null;
  /** What has come of an evaluation, or of predictions: an earlier attempt ended before it could say so. */
  readonly result: InferenceResult | null;
  /** Objects of checkpoints that count no more. */
  readonly discardedKeys: readonly string[];
}

export type ToChild =
  /** The first of all. */
  | { readonly type: 'prepare'; readonly workplace: Workplace }
  /** `traceparent`: of the attempt's span. */
  | { readonly type: 'start'; readonly order: AttemptOrder; readonly traceparent: string | null }
  | { readonly type: 'intent'; readonly intent: Intent }
  /** The worker shuts down: leave the job for another one. */
  | { readonly type: 'drain' };

/** What is newest about the work. */
export interface Report {
  readonly progress?: Progress;
  readonly latestMetrics?: Readonly<Record<string, number>>;
  /** Rows that were read before there is a step. */
  readonly rowsRead?: number;
}

export type FromChild =
  /** It has warmed up; an order that comes before cuts that short. */
  | { readonly type: 'ready' }
  /** Also the sign of life that the watchdog waits for. */
  | { readonly type: 'report'; readonly report: Report }
  /** Something that took time has ended: the supervisor sends it, where spans go. */
  | { readonly type: 'span'; readonly span: FinishedSpan }
  | { readonly type: 'ended'; readonly end: AttemptEnd };

import { z } from 'zod';

/**
 * Where a job is in its life.
 *
 * - `queued`: waits for a worker, for the first time or again.
 * - `running`: an attempt holds the job's lease.
 * - `paused`: a snapshot is kept and no worker is held, until the user resumes.
 * - `succeeded`: came to its end (see stop reasons).
 * - `failed`: cannot go on, for a reason that is in `error`; the user may retry.
 * - `cancelled`: the user did not want it any more; the user may retry.
 */
export const jobStatuses = ['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'] as const;
export const JobStatus = z.enum(jobStatuses);
export type JobStatus = z.infer<typeof JobStatus>;

/** Every transition there is, and what makes it happen. The database refuses any other one. */
export const transitions = [
  { from: 'queued', to: 'running', when: 'a worker claims the job' },
  { from: 'queued', to: 'paused', when: 'the user pauses a job that waits' },
  { from: 'queued', to: 'cancelled', when: 'the user cancels a job that waits' },
  { from: 'queued', to: 'failed', when: 'no attempt is left' },
  { from: 'running', to: 'succeeded', when: 'the work came to its end, or the user stopped the training' },
  { from: 'running', to: 'failed', when: 'the attempt ended in an error that another attempt would meet again' },
  { from: 'running', to: 'cancelled', when: 'the user cancelled, and the attempt has wound up' },
  { from: 'running', to: 'paused', when: 'the user paused, and the snapshot is stored' },
  { from: 'running', to: 'queued', when: 'the worker was lost, drained, or met a fault of its machine' },
  { from: 'paused', to: 'queued', when: 'the user resumes' },
  { from: 'paused', to: 'cancelled', when: 'the user cancels a paused job' },
  { from: 'paused', to: 'succeeded', when: 'the user stops a paused job: what was trained is the result' },
  { from: 'failed', to: 'queued', when: 'the user retries' },
  { from: 'cancelled', to: 'queued', when: 'the user retries' },
] as const satisfies readonly { from: JobStatus; to: JobStatus; when: string }[];

const allowed = new Set<string>(transitions.map(({ from, to }) => `${from} ${to}`));

/** Whether a job may go from one status to another. */
export const canTransition = (from: JobStatus, to: JobStatus): boolean => allowed.has(`${from} ${to}`);

/** Statuses in which nothing more happens unless the user asks for it. */
export const terminalStatuses = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly JobStatus[];
export type TerminalStatus = (typeof terminalStatuses)[number];

export const isTerminal = (status: JobStatus): status is TerminalStatus =>
  (terminalStatuses as readonly JobStatus[]).includes(status);

/** What a running attempt is doing, in the order in which it first does it. */
export const JobPhase = z.enum([
  'starting',
  'loading_data',
  'building',
  'restoring',
  'training',
  'validating',
  'evaluating',
  'predicting',
  'checkpointing',
  'uploading',
]);
export type JobPhase = z.infer<typeof JobPhase>;

/**
 * What the user wants of a job that runs: `cancel` (wind up, then `cancelled`), `kill` (`cancelled` at once, without a
 * final checkpoint), `stop` (Keras's `model.stop_training = True`), `pause` (snapshot, release the worker).
 */
export const Intent = z.enum(['cancel', 'kill', 'stop', 'pause']);
export type Intent = z.infer<typeof Intent>;

/** Why training that succeeded came to its end. */
export const StopReason = z.enum(['completed', 'early_stopping', 'user_stop', 'max_runtime']);
export type StopReason = z.infer<typeof StopReason>;

import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { Metrics } from '../json.js';
import { JobError, Plan, Timestamp } from './job.js';
import { Intent, JobPhase, JobStatus, StopReason } from './status.js';

export const LogLevel = z.enum(['debug', 'info', 'warning', 'error']);
export type LogLevel = z.infer<typeof LogLevel>;

/** What each type of event says. */
export const eventData = {
  status: z.object({
    status: JobStatus,
    previous: JobStatus.nullable(),
    stop_reason: StopReason.nullable().optional(),
    error: JobError.nullable().optional(),
    reason: z.string().optional().meta({ description: 'Why, where the status alone does not say it: `worker lost`, `drained`, …' }),
  }),
  phase: z.object({ phase: JobPhase }),
  intent: z.object({ intent: Intent }),
  /** An epoch has ended: its row of the History. */
  metrics: z.object({ epoch: z.int(), step: z.int(), metrics: Metrics }),
  checkpoint: z.object({ id: CheckpointId, filename: z.string(), epoch: z.int().nullable(), step: z.int(), kind: z.enum(['model', 'weights']) }),
  /** The attempt goes on from this step; what an earlier attempt did beyond it does not count. */
  rewound: z.object({ step: z.int(), epoch: z.int() }),
  /** How the job's steps are executed, once and for all its attempts. */
  plan: z.object({
    plan: Plan,
    fingerprint: z.string().meta({ description: 'Of what it was chosen for: model, compile arguments, shapes, batch size, steps, machine. Equal ones have equal plans.' }),
    machine: z.string().meta({ description: 'The class of the machine that it was chosen on.' }),
    batch_size: z.int(),
    steps: z.int().meta({ description: 'Batches of all epochs together.' }),
    basis: z.enum(['size', 'measured', 'remembered']).meta({ description: "Why: it follows from the training's size, it was the fastest of the trials, or an earlier job with this fingerprint had it." }),
    trials: z.array(
      z.object({
        plan: Plan,
        ms_per_step: z.number().nullable(),
        first_ms: z.number().nullable().meta({ description: 'Milliseconds to trace, compile and run it for the first time.' }),
        error: z.string().optional().meta({ description: 'Why it cannot be used.' }),
      }),
    ).meta({ description: 'What was tried before step 0.' }),
  }),
  /** Checkpoints that the job's retention did not keep. */
  pruned: z.object({ checkpoints: z.array(z.object({ id: CheckpointId, filename: z.string(), epoch: z.int().nullable(), step: z.int() })) }),
  log: z.object({ level: LogLevel, message: z.string() }),
} as const;

export type EventType = keyof typeof eventData;
export const eventTypes = Object.keys(eventData) as [EventType, ...EventType[]];
export type EventData<T extends EventType = EventType> = z.infer<(typeof eventData)[T]>;

/** An event before the database numbers it. */
export type NewEvent = { [T in EventType]: { readonly type: T; readonly data: EventData<T> } }[EventType];

const base = {
  object: z.literal('event'),
  job: JobId,
  seq: z.int().meta({ description: "Numbers the job's events from 1, without gaps." }),
  attempt: z.int().meta({ description: 'The attempt that it happened in; 0 before the first one.' }),
  created_at: Timestamp,
};

const event = <T extends EventType>(type: T) => z.object({ ...base, type: z.literal(type), data: eventData[type] });

export const JobEvent = z
  .discriminatedUnion('type', [
    event('status'),
    event('phase'),
    event('intent'),
    event('metrics'),
    event('checkpoint'),
    event('rewound'),
    event('plan'),
    event('pruned'),
    event('log'),
  ])
  .meta({ id: 'JobEvent' });
export type JobEvent = z.infer<typeof JobEvent>;

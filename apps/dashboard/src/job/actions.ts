import type { Client } from '@trainyard/client';
import { canTransition, isTerminal, type Job } from '@trainyard/protocol';

/** What the user can do to a job with one request. */
export interface JobAction {
  readonly name: 'cancel' | 'kill' | 'stop' | 'pause' | 'resume' | 'retry' | 'delete';
  readonly label: string;
  readonly explanation: string;
  /** Whether it asks whether one is sure. */
  readonly asks: boolean;
  readonly allowed: (job: Pick<Job, 'kind' | 'status' | 'intent'>) => boolean;
  /** The job as it is then; undefined when there is none any more. */
  readonly run: (client: Client, id: string) => Promise<Job | undefined>;
}

/** A later wish replaces a weaker one, as in the API. */
const strength = { pause: 0, stop: 1, cancel: 2, kill: 3 };
const isWeaker = (intent: Job['intent'], than: keyof typeof strength): boolean => intent === null || strength[intent] < strength[than];

export const jobActions: readonly JobAction[] = [
  {
    ...{ name: 'pause', label: 'Pause', explanation: 'Keeps a snapshot and frees the worker.', asks: false },
    allowed: ({ status, intent }) => canTransition(status, 'paused') && isWeaker(intent, 'pause'),
    run: (client, id) => client.jobs.pause(id),
  },
  {
    ...{ name: 'resume', label: 'Resume', explanation: 'Goes on where it was paused.', asks: false },
    allowed: ({ status }) => status === 'paused',
    run: (client, id) => client.jobs.resume(id),
  },
  {
    ...{ name: 'stop', label: 'Stop', explanation: 'Ends after the present batch, as model.stop_training = True: the job succeeds with what it has learned.', asks: true },
    allowed: ({ kind, status, intent }) => kind === 'train' && canTransition(status, 'succeeded') && isWeaker(intent, 'stop'),
    run: (client, id) => client.jobs.stop(id),
  },
  {
    ...{ name: 'cancel', label: 'Cancel', explanation: 'Ends as cancelled; a job that has trained keeps a final checkpoint.', asks: true },
    allowed: ({ status, intent }) => canTransition(status, 'cancelled') && isWeaker(intent, 'cancel'),
    run: (client, id) => client.jobs.cancel(id),
  },
  {
    ...{ name: 'kill', label: 'Cancel at once', explanation: 'Ends as cancelled at once, without a final checkpoint.', asks: true },
    allowed: ({ status, intent }) => status === 'running' && isWeaker(intent, 'kill'),
    run: (client, id) => client.jobs.cancel(id, 'kill'),
  },
  {
    ...{ name: 'retry', label: 'Retry', explanation: 'Queues it again, from its last snapshot where there is one.', asks: false },
    allowed: ({ status }) => isTerminal(status) && canTransition(status, 'queued'),
    run: (client, id) => client.jobs.retry(id),
  },
  {
    ...{ name: 'delete', label: 'Delete', explanation: 'Deletes it for good, with its checkpoints and logs.', asks: true },
    allowed: ({ status }) => isTerminal(status),
    run: async (client, id) => {
      await client.jobs.delete(id);
      return undefined;
    },
  },
];

/** @throws Error when there is no such action */
export function actionNamed(name: JobAction['name']): JobAction {
  const action = jobActions.find((candidate) => candidate.name === name);
  if (action === undefined) throw new Error(`expected the name of an action, received ${name}`);
  return action;
}

/** Whether a new job can go on from this one's end. */
export const canContinue = ({ kind, status }: Pick<Job, 'kind' | 'status'>): boolean => kind === 'train' && (status === 'succeeded' || status === 'cancelled');

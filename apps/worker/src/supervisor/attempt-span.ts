import type { AttemptEnd } from '@trainyard/database';
import type { JobStatus } from '@trainyard/protocol';
import { startSpan, type Span } from '@trainyard/telemetry';
import type { AttemptOrder } from '../messages.js';

/** What an attempt met: a JobError as an Error, of which spans are told. */
class AttemptFault extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The span of an attempt, from its claim to its stored outcome: a child of the request that created the job. */
export class AttemptSpan {
  readonly #span: Span;

  constructor({ ref, kind, traceparent }: AttemptOrder) {
    const attributes = { 'trainyard.job.id': ref.jobId, 'trainyard.job.kind': kind, 'trainyard.attempt': ref.attempt };
    const delivery = { 'messaging.system': 'bullmq', 'messaging.operation.type': 'process', 'messaging.destination.name': 'deliveries' };
    this.#span = startSpan('attempt', { kind: 'consumer', attributes: { ...attributes, ...delivery }, parent: { traceparent } });
  }

  /** For the log; undefined where nothing is traced. */
  get traceId(): string | undefined {
    return this.#span.traceId;
  }

  /** Whose children the spans of the training process are. */
  get traceparent(): string | null {
    return this.#span.traceparent;
  }

  /** @param outcome what the job went to; `fenced` where the attempt did not hold it any more */
  settled(end: AttemptEnd, outcome: JobStatus | 'fenced'): void {
    this.#span.set({ 'trainyard.outcome': outcome });
    const fault = end.status === 'failed' ? end.error : end.status === 'queued' ? end.fault : undefined;
    if (fault) this.#span.fail(new AttemptFault(fault.code, fault.message));
  }

  end(): void {
    this.#span.end();
  }
}

import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { Resource } from '@opentelemetry/resources';

/** A span that has ended, as plain data: it crosses from a process to the one that sends it. */
export interface FinishedSpan extends Omit<ReadableSpan, 'spanContext' | 'parentSpanContext' | 'resource' | 'ended'> {
  readonly context: PlainContext;
  readonly parent: PlainContext | undefined;
}

interface PlainContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
}

export function toFinished(span: ReadableSpan): FinishedSpan {
  const { name, kind, startTime, endTime, duration, status, attributes, events, instrumentationScope } = span;
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  return {
    ...{ name, kind, startTime, endTime, duration, status, attributes, events, instrumentationScope },
    ...{ droppedAttributesCount, droppedEventsCount, droppedLinksCount },
    links: [], // none are made
    context: plain(span.spanContext()),
    parent: span.parentSpanContext && plain(span.parentSpanContext),
  };
}

/** Back again. @param resource of the process that sends it. */
export function toReadable({ context, parent, ...span }: FinishedSpan, resource: Resource): ReadableSpan {
  return { ...span, ...(parent && { parentSpanContext: parent }), spanContext: () => context, resource, ended: true };
}

const plain = ({ traceId, spanId, traceFlags, isRemote }: PlainContext): PlainContext => ({ traceId, spanId, traceFlags, ...(isRemote !== undefined && { isRemote }) });

import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Attributes as OtelAttributes, type Context, type Span as OtelSpan, type SpanContext, type Tracer as OtelTracer } from '@opentelemetry/api';
import type { Attributes, Parent, PastSpan, Span, SpanKind as OurKind, SpanOptions } from '../span.js';
import type { FinishedSpan } from './finished-span.js';

/** What `startTracing` and `relaySpans` make. */
export interface Provider {
  readonly tracer: Tracer;
  /** Sends a span that another process made. */
  export(span: FinishedSpan): void;
  /** Once all has been sent, however long that takes. */
  shutdown(): Promise<void>;
}

const kinds: Record<OurKind, SpanKind> = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER };

/** The functions of `tracing.ts`, on OpenTelemetry's API with an SDK registered behind it. */
export class Tracer {
  readonly #tracer: OtelTracer = trace.getTracer('trainyard');

  start(name: string, { kind = 'internal', attributes = {}, parent }: SpanOptions): Span {
    const around = parent ? remote(parent) : context.active();
    return new OpenSpan(this.#tracer.startSpan(name, { kind: kinds[kind], attributes: withoutGaps(attributes) }, around), around);
  }

  within<T>(span: Span, work: () => T): T {
    return span instanceof OpenSpan ? context.with(span.inside, work) : work();
  }

  withinRemote<T>(traceparent: string | null, work: () => T): T {
    return context.with(remote({ traceparent }), work);
  }

  whence(): Context {
    return context.active();
  }

  record(name: string, { parent, startMs, endMs, attributes = {}, error }: PastSpan): void {
    const span = new OpenSpan(this.#tracer.startSpan(name, { startTime: epochMs(startMs), attributes: withoutGaps(attributes) }, (parent as Context | undefined) ?? ROOT_CONTEXT));
    if (error !== undefined) span.fail(error);
    span.end(endMs);
  }

  current(): { readonly traceId: string; readonly traceparent: string } | undefined {
    const found = trace.getSpanContext(context.active());
    return found && { traceId: found.traceId, traceparent: traceparentOf(found) };
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    return headers;
  }
}

class OpenSpan implements Span {
  readonly inside: Context;

  constructor(
    private readonly span: OtelSpan,
    around: Context = ROOT_CONTEXT,
  ) {
    this.inside = trace.setSpan(around, span);
  }

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get traceparent(): string {
    return traceparentOf(this.span.spanContext());
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(withoutGaps(attributes));
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  fail(error: unknown): void {
    const known = error instanceof Error ? error : new Error(String(error));
    this.span.recordException(known);
    this.span.setAttribute('error.type', known.name);
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: known.message });
  }

  end(atMs?: number): void {
    this.span.end(atMs === undefined ? undefined : epochMs(atMs));
  }
}

/** What another process said is open around what we do. */
function remote({ traceparent, tracestate }: Parent): Context {
  return traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent, ...(tracestate !== undefined && { tracestate }) });
}

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string => `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`;

const withoutGaps = (attributes: Attributes): OtelAttributes => Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

/** Of a time by `performance.now()`. */
const epochMs = (ms: number): number => performance.timeOrigin + ms;

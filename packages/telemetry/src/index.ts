export { readTraceSettings, type TraceSettings } from './settings.js';
export type { Attributes, Parent, PastSpan, Span, SpanKind, SpanOptions, Whence } from './span.js';
export type { FinishedSpan } from './sdk/finished-span.js';
export { exportSpan, inSpan, isTracing, recordSpan, relaySpans, startSpan, startTracing, stopTracing, traceHeaders, traceId, traceparent, whence, within, withinRemote } from './tracing.js';

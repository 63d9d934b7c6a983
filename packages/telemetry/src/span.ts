/** What is told of a span, by OpenTelemetry's names where it has some. What is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Whose side of a call a span is; `internal` where there is no call. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface SpanOptions {
  /** Default: `internal`. */
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** What it is a child of; default: the span that is open around it, or none. */
  readonly parent?: Parent;
}

/** The span that caused another, in another process. */
export interface Parent {
  /** As W3C's Trace Context writes it; null, or not of that form: there is none, and a trace begins. */
  readonly traceparent: string | null;
  readonly tracestate?: string | undefined;
}

/** Something that takes time, while it does. */
export interface Span {
  /** Of the trace that it belongs to; undefined where nothing is traced. */
  readonly traceId: string | undefined;
  /** What children in other processes are told, as W3C's Trace Context writes it; null where nothing is traced. */
  readonly traceparent: string | null;
  set(attributes: Attributes): void;
  /** Its name, where what it is shows later than it begins. */
  rename(name: string): void;
  /** Says that it did not come to a good end. */
  fail(error: unknown): void;
  /** @param atMs when it did, by `performance.now()`; default: now */
  end(atMs?: number): void;
}

/** Whose child something becomes that is told only afterwards; undefined where nothing is traced. */
export type Whence = object | undefined;

/** A span of what has been. Times are of `performance.now()`. */
export interface PastSpan {
  readonly parent: Whence;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes?: Attributes;
  readonly error?: unknown;
}

/** Where nothing is traced. */
export const noSpan: Span = { traceId: undefined, traceparent: null, set: () => undefined, rename: () => undefined, fail: () => undefined, end: () => undefined };

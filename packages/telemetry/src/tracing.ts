import type { FinishedSpan } from './sdk/finished-span.js';
import type { Provider } from './sdk/provider.js';
import type { TraceSettings } from './settings.js';
import { noSpan, type PastSpan, type Span, type SpanOptions, type Whence } from './span.js';

/*
 * A process has one tracer, as OpenTelemetry has it: what takes time says so where it does, and is not handed a tracer through all
 * that lies between. Without one every function here is a comparison, and nothing of OpenTelemetry is loaded.
 */
let provider: Provider | undefined;

/** How long a process that ends waits for its last spans to be sent. */
const flushMs = 2_000;

/**
 * Begins to trace, and to send spans to the endpoint of the environment.
 *
 * @param onTrouble told, at most once a minute, that spans were lost.
 */
export async function startTracing(settings: TraceSettings, onTrouble: (error: Error | undefined, lostSpans: number) => void): Promise<void> {
  const { exportingProvider } = await import('./sdk/exporting-provider.js');
  provider = exportingProvider(settings, onTrouble);
}

/** Begins to trace in a process whose spans another one sends, which hands each of them to `exportSpan`. */
export async function relaySpans(send: (span: FinishedSpan) => void): Promise<void> {
  const { relayingProvider } = await import('./sdk/relaying-provider.js');
  provider = relayingProvider(send);
}

/** Sends a span of another process, as `relaySpans` gave it there. */
export function exportSpan(span: FinishedSpan): void {
  provider?.export(span);
}

/** Sends what has not been sent yet, or gives it up after two seconds, and traces no more. */
export async function stopTracing(): Promise<void> {
  const stopped = provider;
  provider = undefined;
  if (!stopped) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, flushMs)));
  await Promise.race([stopped.shutdown().catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Whether spans are made in this process. */
export const isTracing = (): boolean => provider !== undefined;

/** Begins a span that its caller ends. It is not open around anything: see `within`. */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  return provider?.tracer.start(name, options) ?? noSpan;
}

/** Does `work` with the span open around it: spans that begin in it are its children. */
export function within<T>(span: Span, work: () => T): T {
  return provider ? provider.tracer.within(span, work) : work();
}

/**
 * Does `work` in a span, which ends with it.
 *
 * @param options.faultOf what went wrong, of an error that `work` throws; undefined: nothing did, and the span only tells it. Default: the error.
 * @throws what `work` throws.
 */
export async function inSpan<T>(name: string, options: SpanOptions & { readonly faultOf?: (error: unknown) => unknown }, work: (span: Span) => Promise<T> | T): Promise<T> {
  if (!provider) return work(noSpan);
  const span = startSpan(name, options);
  try {
    return await within(span, async () => work(span));
  } catch (error) {
    const fault = options.faultOf ? options.faultOf(error) : error;
    if (fault !== undefined) span.fail(fault);
    else span.set({ 'trainyard.interrupted': error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** Does `work` as if the span of another process were open around it. */
export function withinRemote<T>(traceparent: string | null, work: () => T): T {
  return provider ? provider.tracer.withinRemote(traceparent, work) : work();
}

/** The span that is open here, for `recordSpan`. */
export function whence(): Whence {
  return provider?.tracer.whence();
}

/** Tells of something that took time, after it did. */
export function recordSpan(name: string, past: PastSpan): void {
  provider?.tracer.record(name, past);
}

/** The trace that this happens in, for the log. */
export function traceId(): string | undefined {
  return provider?.tracer.current()?.traceId;
}

/** The span that is open here, for a process that will go on later; null where nothing is traced. */
export function traceparent(): string | null {
  return provider?.tracer.current()?.traceparent ?? null;
}

/** Headers that tell another server the span that is open here. */
export function traceHeaders(): Record<string, string> {
  return provider?.tracer.headers() ?? {};
}

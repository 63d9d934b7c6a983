import { inSpan, type Attributes } from '@trainyard/telemetry';
import { PlacedError } from './placed-error.js';
import { InterruptedError } from './wishes.js';

/** Does a part of an attempt in a span of its own. That the user, or the worker, breaks it off is no fault of it. */
export function stage<T>(name: string, work: () => Promise<T> | T, attributes: Attributes = {}): Promise<T> {
  return inSpan(name, { attributes, faultOf }, work);
}

function faultOf(error: unknown): unknown {
  const cause = error instanceof PlacedError ? error.cause : error;
  return cause instanceof InterruptedError ? undefined : cause;
}

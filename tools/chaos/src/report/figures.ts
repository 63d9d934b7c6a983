import { quantile } from '@trainyard/bench/tools';

/** A number that a trial has measured, as it is read: with its unit. */
export interface Figure {
  readonly name: string;
  readonly value: string;
}

export const countFigure = (name: string, value: number): Figure => ({ name, value: String(value) });

export const textFigure = (name: string, value: string): Figure => ({ name, value });

/** Of durations in milliseconds: `p50 1.2 s, p95 2.0 s, longest 2.1 s (of 50)`. */
export function durationFigure(name: string, ms: readonly number[]): Figure {
  if (ms.length === 0) return { name, value: 'none' };
  return { name, value: `p50 ${duration(quantile(ms, 0.5))}, p95 ${duration(quantile(ms, 0.95))}, longest ${duration(quantile(ms, 1))} (of ${ms.length})` };
}

/** `120 ms`, `17.2 s` */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

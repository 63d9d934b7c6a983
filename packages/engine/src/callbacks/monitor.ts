import type { ConfigReader } from '../config/config-reader.js';
import type { Logs } from '../training/trainer.js';

/** Whether a monitored quantity shall fall or rise. */
export type Direction = 'min' | 'max';

/** Keras's `mode`: `auto` goes by the name; `moreMaxima` are prefixes that rise besides names with `acc`. */
export function readDirection(config: ConfigReader, monitor: string, moreMaxima: readonly string[] = []): Direction {
  const mode = config.oneOf('mode', ['auto', 'min', 'max'], 'auto');
  if (mode !== 'auto') return mode;
  return monitor.includes('acc') || moreMaxima.some((prefix) => monitor.startsWith(prefix)) ? 'max' : 'min';
}

export function improves(direction: Direction, current: number, best: number): boolean {
  return direction === 'min' ? current < best : current > best;
}

export function worst(direction: Direction): number {
  return direction === 'min' ? Infinity : -Infinity;
}

/** A callback's warning that its metric is not there, Keras's in substance. */
export function missingMetric(callback: string, monitor: string, logs: Readonly<Logs>): string {
  return `${callback}: the metric "${monitor}" is not available; available are ${Object.keys(logs).join(', ')}`;
}

/** JSON has no infinities: a best value that nothing has beaten yet is null. */
export function bestToJson(best: number): number | null {
  return Number.isFinite(best) ? best : null;
}

export function bestFromJson(value: unknown, direction: Direction): number {
  return typeof value === 'number' ? value : worst(direction);
}

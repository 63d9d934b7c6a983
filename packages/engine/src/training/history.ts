import type { Logs } from './trainer.js';

/** Keras's `History`: the epochs that ended, and each metric's value at each of them. */
export interface History {
  epoch: number[];
  history: Record<string, number[]>;
}

export function emptyHistory(): History {
  return { epoch: [], history: {} };
}

export function recordEpoch(history: History, epoch: number, logs: Readonly<Logs>): void {
  history.epoch.push(epoch);
  for (const [name, value] of Object.entries(logs)) (history.history[name] ??= []).push(value);
}

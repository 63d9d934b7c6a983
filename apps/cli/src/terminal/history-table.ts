import { decodeMetric, type HistoryResource } from '@trainyard/protocol';
import { kerasNumber } from './keras-bar.js';
import { table } from './table.js';

/** The History as a table: a row an epoch (from 0, as in Keras's `History.epoch`), a column a metric. */
export function historyTable(history: HistoryResource): string[] {
  const names = Object.keys(history.history);
  const rows = history.epoch.map((epoch, i) => [
    String(epoch),
    ...names.map((name) => {
      const value = history.history[name]?.[i];
      return value === undefined || value === null ? '-' : kerasNumber(decodeMetric(value));
    }),
  ]);
  return table(['epoch', ...names], rows);
}

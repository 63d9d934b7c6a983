import { decodeMetric, type HistoryResource } from '@trainyard/protocol';
import { plot, type PlottedSeries } from './plot.js';

/** A metric of a History, by epoch. */
export function seriesOf({ epoch, history }: HistoryResource, name: string, label = name): PlottedSeries {
  const values = history[name] ?? [];
  return { label, points: epoch.map((at, i) => [at, decodeMetric(values[i] ?? 'NaN')] as const) };
}

/** Every metric in a frame of its own, together with the validation's. */
export function historyPlots(history: HistoryResource, columns: number): string[] {
  const names = Object.keys(history.history);
  const shown = names.filter((name) => !name.startsWith('val_') || !names.includes(name.slice('val_'.length)));
  return shown.flatMap((name) => {
    const together = [name, `val_${name}`].filter((one) => names.includes(one));
    const lines = plot(name, together.map((one) => seriesOf(history, one)), columns);
    return lines.length === 0 ? [] : [...lines, ''];
  });
}

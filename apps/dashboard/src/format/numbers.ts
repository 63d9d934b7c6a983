import { decodeMetric, type MetricValue } from '@trainyard/protocol';

/** A metric as one compares it: four digits that count. `0.08731`, `12.34`, `3.1e-7`, `NaN`. */
export function formatMetric(value: MetricValue | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const number = decodeMetric(value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '−∞';
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return number.toExponential(2);
  return String(Number(number.toPrecision(4)));
}

/** `1,234,567` */
export const formatCount = (count: number): string => count.toLocaleString('en');

/** `274.1 MB`, of 2^20 bytes. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return unit === 0 ? `${bytes} B` : `${(bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}

/** `[8, 8, 1]` as Keras writes shapes: `(None, 8, 8, 1)`. */
export const formatShape = (shape: readonly (number | null)[]): string => `(${shape.map((size) => size ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;

// The progress bar of Keras 2.0 (keras.utils.generic_utils.Progbar), as text.
import { decodeMetric, type Metrics } from '@trainyard/protocol';

const width = 30;

/** `12/45 [=======>......................]`; the step is padded to the width of the steps. */
export function kerasBar(step: number, steps: number): string {
  const counter = String(step).padStart(String(steps).length);
  const done = Math.floor((width * step) / steps);
  if (step >= steps) return `${counter}/${steps} [${'='.repeat(width)}]`;
  const arrow = done > 0 ? `${'='.repeat(done - 1)}>` : '';
  return `${counter}/${steps} [${arrow}${'.'.repeat(width - done)}]`;
}

/** ` - loss: 0.3100 - acc: 0.8800`: four decimals, or an exponent where these would show nothing. */
export function kerasMetrics(metrics: Metrics): string {
  return Object.entries(metrics)
    .map(([name, value]) => ` - ${name}: ${kerasNumber(decodeMetric(value))}`)
    .join('');
}

export function kerasNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  // Python's %.4e has two digits of exponent at least.
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `3s`; from a minute on `1:05` and `2:00:05`, as later versions of Keras do. */
export function kerasDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return `${hours}:${two(minutes)}:${two(rest)}`;
  return minutes > 0 ? `${minutes}:${two(rest)}` : `${rest}s`;
}

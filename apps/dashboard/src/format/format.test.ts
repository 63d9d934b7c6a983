import { expect, test } from 'vitest';
import { formatBytes, formatMetric, formatShape } from './numbers.js';
import { formatAge, formatDuration, runningSeconds } from './time.js';

test.each([
  [0.123456, '0.1235'],
  [12.3456, '12.35'],
  [0, '0'],
  [0.9, '0.9'],
  [3.14159e-7, '3.14e-7'],
  [-2_500_000, '-2.50e+6'],
  ['NaN' as const, 'NaN'],
  ['-Infinity' as const, '−∞'],
  [null, '–'],
])('the metric %s is shown as %s', (value, text) => {
  expect(formatMetric(value)).toBe(text);
});

test.each([
  [0.04, '0.0 s'],
  [9.96, '10 s'],
  [59.6, '1 m'],
  [200, '3 m 20 s'],
  [7500, '2 h 5 m'],
  [86_400, '1 d'],
  [90_000, '1 d 1 h'],
])('%s seconds are shown as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('ages, sizes and shapes', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(['2026-01-01T11:59:55Z', '2026-01-01T11:58:59Z', '2026-01-01T09:00:00Z', '2025-12-29T12:00:00Z'].map((time) => formatAge(time, now))).toEqual(['just now', '1 m ago', '3 h ago', '3 d ago']);
  expect([0, 1023, 1024, 287_309_824].map(formatBytes)).toEqual(['0 B', '1023 B', '1.0 kB', '274.0 MB']);
  expect([formatShape([null, 8, 8, 1]), formatShape([null])]).toEqual(['(None, 8, 8, 1)', '(None,)']);
});

test('how long a job has run', () => {
  const at = (second: number) => new Date(second * 1000).toISOString();
  expect(runningSeconds({ started_at: null, finished_at: null })).toBeUndefined();
  expect(runningSeconds({ started_at: at(10), finished_at: null }, 25_000)).toBe(15);
  expect(runningSeconds({ started_at: at(10), finished_at: at(12) }, 25_000)).toBe(2);
});

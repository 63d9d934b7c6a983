import { expect, test } from 'vitest';
import { Histogram } from './histogram.js';
import { counter, gauge } from './text.js';

test('a histogram counts what is no larger than each bound, apart for each set of labels', () => {
  const durations = new Histogram('seconds', 'How long.', [0.1, 1, 10]);
  for (const value of [0.1, 0.5, 5, 50]) durations.observe(value, { route: '/a"b' });
  durations.observe(1);
  expect(durations.text().split('\n')).toEqual([
    '# HELP seconds How long.',
    '# TYPE seconds histogram',
    'seconds_bucket{route="/a\\"b",le="0.1"} 1',
    'seconds_bucket{route="/a\\"b",le="1"} 2',
    'seconds_bucket{route="/a\\"b",le="10"} 3',
    'seconds_bucket{route="/a\\"b",le="+Inf"} 4',
    'seconds_sum{route="/a\\"b"} 55.6',
    'seconds_count{route="/a\\"b"} 4',
    'seconds_bucket{le="0.1"} 0',
    'seconds_bucket{le="1"} 1',
    'seconds_bucket{le="10"} 1',
    'seconds_bucket{le="+Inf"} 1',
    'seconds_sum 1',
    'seconds_count 1',
    '',
  ]);
});

test('a histogram of nothing, gauges and counters', () => {
  expect(new Histogram('rows', 'How many.', [1]).text()).toBe('# HELP rows How many.\n# TYPE rows histogram\n');
  expect(gauge('models', 'Loaded.', [{ value: 2 }])).toBe('# HELP models Loaded.\n# TYPE models gauge\nmodels 2\n');
  expect(counter('loads_total', 'Loads.', [{ labels: { result: 'ok', tries: 1 }, value: 3 }])).toBe('# HELP loads_total Loads.\n# TYPE loads_total counter\nloads_total{result="ok",tries="1"} 3\n');
});

import { expect, it } from 'vitest';

import type { Case } from '../cases.js';
import { machineText } from '../measure/machine.js';
import type { CaseRun, Measured } from '../measure/run-case.js';
import { figuresOf } from './figures.js';
import { markdown } from './markdown.js';

const machine = { cpu: 'a CPU', cores: 2, memory_gib: 8, kernel: 'Linux', load_average: 0 };
const case_: Case = { name: 'small', title: 'a small model', batch_size: 1, rows: 1, inputs: [], targets: [], compile: { optimizer: 'sgd', loss: 'mse', metrics: [] }, model: {} };

function measured(fits: number[], versions: Record<string, string>, peakRssMiB = 100.4): Measured {
  return { loaded: { versions, params: 1, steps_per_epoch: 1, first_step_s: 1.5 }, fits, predictions: [1, 2, 3], batchPredictions: [4, 6], peakRssMiB };
}

const building = { build_ms: 1.234, initialize_ms: 5, trace_ms: 20, first_run_ms: 60, warm_run_ms: 0.5, again_trace_ms: 10, again_first_run_ms: 30, nodes: 321 };
const context = { repeats: 3, machine, building };

const run: CaseRun = {
  case: case_,
  ours: { ...measured([1, 2, 3], { node: '20' }), plan: '4 a run, XLA: step' },
  notSupported: undefined,
  peers: new Map([['k208', measured([4], { keras: '2.0.8', tensorflow: '2' }, 200.8)], ['k3_jax', measured([3], { jax: '1' }, 50)]]),
  pairs: new Map([['k208', [{ ours: 1, peer: 4 }]], ['k3_jax', [{ ours: 2, peer: 3 }]]]),
  predictionPairs: new Map([['k208', [{ ours: 1, peer: 2 }]], ['k3_jax', [{ ours: 2, peer: 2.5 }]]]),
  batchPredictionPairs: new Map([['k208', [{ ours: 2, peer: 5 }]]]),
  failures: new Map([['tfk', 'tfk, fit: out of memory\nat line 1']]),
};

it('figures: medians, ratios, the best peer', () => {
  expect(figuresOf(run, context)).toMatchObject({
    case: 'small',
    ours_ms: 2,
    peers: { k208: 4, k3_jax: 3 },
    best_peer: 'k3_jax',
    ratio_to_best_peer: 1.5,
    ratios: { k208: 4, k3_jax: 1.5 },
    predict_ratios: { k208: 2, k3_jax: 1.25 },
    predict_128_ratios: { k208: 2.5 },
    rss_to_best_tensorflow_peer: 0.5,
    building,
    ours: { plan: '4 a run, XLA: step', fit_min_ms: 1, fit_max_ms: 3, predict_p50_ms: 2, predict_p95_ms: 2.9, predict_128_p50_ms: 5, first_step_s: 1.5, peak_rss_mib: 100 },
    not_supported: null,
    failures: { tfk: expect.stringContaining('out of memory') },
  });
});

it('the table says who is ahead, and what failed', () => {
  const text = markdown([figuresOf(run, context)]);
  expect(text).toContain('| small (a small model) | 2.00 | 4.00 | 3.00 | Keras 3, JAX | **1.50** |');
  expect(text).toContain('node 20, keras 2.0.8, tensorflow 2, jax 1. 3 pairs of fits for each peer.');
  expect(machineText(machine, '2026-01-01')).toBe('2026-01-01. a CPU, 2 cores, 8 GiB, Linux, load average 0 at the start.');
  expect(text).toContain('| small | 2.00 / 2.90 | 2.00 / 2.90 | 2.00 / 2.90 | 1.25 |');
  expect(text).toContain('| small | 5.00 | 5.00 | 5.00 | 2.50 |');
  expect(text).toContain('| small | 100 | 201 | 50 | 0.50 |');
  expect(text).toContain('| small | 4 a run, XLA: step |');
  expect(text).toContain('| small | 1.23 | 5.00 | 20.0 | 60.0 | 0.500 | 321 |');
  expect(text).not.toContain('Geometric mean');
  expect(text).toContain('- small, tf-keras failed: tfk, fit: out of memory');
});

it('a case that the engine does not support has a row that says why', () => {
  const reason = '/config/layers/3: the layer LSTM | GRU is not supported';
  const figures = figuresOf({ ...run, ours: undefined, notSupported: reason, peers: new Map(), pairs: new Map(), predictionPairs: new Map(), batchPredictionPairs: new Map(), failures: new Map() }, { ...context, building: undefined });
  expect(figures).toMatchObject({ ours_ms: null, peers: {}, best_peer: null, ratio_to_best_peer: null, not_supported: reason });
  expect(markdown([figures])).toContain('| small (a small model) | not supported: /config/layers/3: the layer LSTM \\| GRU is not supported |');
});

it('several cases have a geometric mean', () => {
  const twice = figuresOf({ ...run, pairs: new Map([['k208', [{ ours: 1, peer: 6 }]]]) }, context);
  expect(markdown([figuresOf(run, context), twice])).toContain('over 2 cases: **3.00**.'); // √(1.5 · 6)
});

import { describe, expect, it } from 'vitest';
import { kerasBar, kerasDuration, kerasMetrics, kerasNumber } from './keras-bar.js';

// The expected lines are what Keras 2.0.8's Progbar prints for the same numbers.
describe('the Keras progress bar', () => {
  it('is thirty cells wide, with an arrow while it runs', () => {
    expect(kerasBar(1, 45)).toBe(' 1/45 [..............................]');
    expect(kerasBar(12, 45)).toBe('12/45 [=======>......................]');
    expect(kerasBar(44, 45)).toBe('44/45 [============================>.]');
    expect(kerasBar(45, 45)).toBe('45/45 [==============================]');
    expect(kerasBar(99, 1000)).toBe('  99/1000 [=>............................]');
  });

  it('shows metrics with four decimals, tiny ones with an exponent', () => {
    expect(kerasMetrics({ loss: 0.31, acc: 0.88 })).toBe(' - loss: 0.3100 - acc: 0.8800');
    expect(kerasNumber(0.00042)).toBe('4.2000e-04');
    expect(kerasNumber(-1e-12)).toBe('-1.0000e-12');
    expect(kerasNumber(123.45678)).toBe('123.4568');
    expect(kerasNumber(0)).toBe('0.0000e+00');
  });

  it('shows what JSON cannot say as numbers', () => {
    expect(kerasMetrics({ loss: 'NaN', mse: 'Infinity' })).toBe(' - loss: nan - mse: inf');
  });

  it('shows durations as Keras does', () => {
    expect([0, 3.9, 65, 3600, 7205].map(kerasDuration)).toEqual(['0s', '3s', '1:05', '1:00:00', '2:00:05']);
  });
});

import { describe, expect, it } from 'vitest';

import { pythonExponential, pythonFixed, pythonFloat } from './python-number.js';

/** Expected texts are what Python 3 prints. */
describe('numbers as Python prints them', () => {
  it.each([
    [0.03125, 4, '0.0312'],
    [0.09375, 4, '0.0938'],
    [-0.03125, 4, '-0.0312'],
    [2.5, 0, '2'],
    [3.5, 0, '4'],
    [0.88, 4, '0.8800'],
    [1e-7, 4, '0.0000'],
    [NaN, 4, 'nan'],
    [-Infinity, 4, '-inf'],
  ])('%%.f of %d to %d digits', (value, digits, expected) => expect(pythonFixed(value, digits)).toBe(expected));

  it.each([
    [0.0000123456, '1.2346e-05'],
    [0, '0.0000e+00'],
    [-12345678, '-1.2346e+07'],
    [1e-100, '1.0000e-100'],
  ])('%%.4e of %d', (value, expected) => expect(pythonExponential(value, 4)).toBe(expected));

  it.each([
    [1, '1.0'],
    [0.5, '0.5'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [9.999999310821295e-5, '9.999999310821295e-05'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e15, '1000000000000000.0'],
    [Infinity, 'inf'],
  ])('repr of %d', (value, expected) => expect(pythonFloat(value)).toBe(expected));
});

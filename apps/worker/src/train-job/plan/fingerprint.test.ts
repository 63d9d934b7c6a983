import { expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.js';

const x = { name: 'x', dtype: 'float32', shape: [3] } as const;
const y = { name: 'y', dtype: 'float32', shape: [1] } as const;
const data = { x: [x], y: [y], sampleWeight: undefined };
const spec = { architecture: { class_name: 'Sequential', config: [{ a: 1, b: 2 }] }, compile: { optimizer: 'sgd', loss: 'mse' }, fit: { class_weight: null }, fit_generator: null } as never;
const size = { batchSize: 32, steps: 100, machine: 'a machine' };
const known = fingerprintOf(spec, data, size);

it('does not depend on the order of members', () => {
  const turned = { fit_generator: null, fit: { class_weight: null }, compile: { loss: 'mse', optimizer: 'sgd' }, architecture: { config: [{ b: 2, a: 1 }], class_name: 'Sequential' } } as never;
  expect(fingerprintOf(turned, data, size)).toBe(known);
});

it.each([
  ['the model', { ...(spec as object), architecture: { class_name: 'Sequential', config: [{ a: 1, b: 3 }] } } as never, data, size],
  ['the compile arguments', { ...(spec as object), compile: { optimizer: 'adam', loss: 'mse' } } as never, data, size],
  ['class weights', { ...(spec as object), fit: { class_weight: { 0: 1, 1: 2 } } } as never, data, size],
  ['the shapes of the data', spec, { ...data, x: [{ ...x, shape: [4] }] }, size],
  ['sample weights', spec, { ...data, sampleWeight: [{ ...y, name: 'w' }] }, size],
  ['the batch size', spec, data, { ...size, batchSize: 64 }],
  ['the number of steps', spec, data, { ...size, steps: 200 }],
  ['the machine', spec, data, { ...size, machine: 'another machine' }],
])('depends on %s', (_, otherSpec, otherData, otherSize) => {
  expect(fingerprintOf(otherSpec, otherData, otherSize)).not.toBe(known);
});

import { sizeOf } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import type { Mask } from './layer.js';
import { StepContext } from '../model/step-context.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { modelOfLayer } from '../testing/check-layer.js';
import { tensorflow } from '../testing/tensorflow.js';

const shape = [100, 100];
const model = modelOfLayer('Dropout', { rate: 0.3 }, [shape]);

/** What the layer makes of ones at a step. */
async function drop(runtime: Runtime, seed: number, step: number, training = true): Promise<number[]> {
  const program = runtime.createProgram([]);
  const compiled = program.compile({
    name: 'drop',
    feeds: [{ name: 'x0', shape, dtype: 'float32' }, { name: 'seed', shape: [2], dtype: 'int32' }],
    build: (scope) => model.run(new StepContext(scope, { training }).root(), [scope.feed('x0')], [undefined as Mask]).outputs,
  });
  const [output] = await compiled.run({
    x0: { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)).fill(1) },
    seed: { dtype: 'int32', shape: [2], data: Int32Array.of(seed, step) },
  });
  program.dispose();
  return Array.from(output?.data ?? [], Number);
}

describe.each([
  ['TensorFlow', tensorflow()],
  ['the oracle', new CpuRuntime()],
])('Dropout on %s', (_name, runtime) => {
  it('sets about its rate to 0 and scales the rest', async () => {
    const values = await drop(runtime, 1, 0);
    const dropped = values.filter((value) => value === 0).length / values.length;
    expect(Math.abs(dropped - 0.3)).toBeLessThan(0.025); // five deviations of a share of 10,000
    for (const value of values) if (value !== 0) expect(value).toBeCloseTo(1 / 0.7, 6);
  });

  it('is a function of seed and step', async () => {
    expect(await drop(runtime, 1, 0)).toEqual(await drop(runtime, 1, 0));
    expect(await drop(runtime, 1, 1)).not.toEqual(await drop(runtime, 1, 0));
    expect(await drop(runtime, 2, 0)).not.toEqual(await drop(runtime, 1, 0));
  });

  it('leaves its input as it is outside of training', async () => {
    expect(new Set(await drop(runtime, 1, 0, false))).toEqual(new Set([1]));
  });
});

import type { JsonObject } from '@trainyard/keras-format';
import { sizeOf } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import type { Mask } from './layer.js';
import { StepContext } from '../model/step-context.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { modelOfLayer } from '../testing/check-layer.js';
import { tensorflow } from '../testing/tensorflow.js';

interface Draw {
  readonly seed?: number;
  readonly step?: number;
  readonly training?: boolean;
  readonly shape?: readonly number[];
}

/** What the layer makes of ones at a step. */
async function run(runtime: Runtime, className: string, config: JsonObject, { seed = 1, step = 0, training = true, shape = [100, 100] }: Draw = {}): Promise<number[]> {
  const model = modelOfLayer(className, config, [shape]);
  const program = runtime.createProgram([]);
  const compiled = program.compile({
    name: 'noise',
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

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

/** Every layer that draws random numbers. */
const layers: readonly (readonly [className: string, config: JsonObject, shape: number[]])[] = [
  ['AlphaDropout', { rate: 0.3 }, [20, 20]],
  ['Dropout', { rate: 0.3 }, [20, 20]],
  ['GaussianDropout', { rate: 0.3 }, [20, 20]],
  ['GaussianNoise', { stddev: 0.5 }, [20, 20]],
  ['SpatialDropout1D', { rate: 0.3 }, [10, 3, 10]],
  ['SpatialDropout2D', { rate: 0.3 }, [10, 2, 2, 10]],
  ['SpatialDropout3D', { rate: 0.3 }, [10, 2, 2, 2, 10]],
];

describe.each([
  ['TensorFlow', tensorflow()],
  ['the oracle', new CpuRuntime()],
])('on %s', (_name, runtime) => {
  it.each(layers)('%s is a function of seed and step, and of nothing outside of training', async (className, config, shape) => {
    const first = await run(runtime, className, config, { shape });
    expect(await run(runtime, className, config, { shape })).toEqual(first);
    expect(await run(runtime, className, config, { shape, step: 1 })).not.toEqual(first);
    expect(await run(runtime, className, config, { shape, seed: 2 })).not.toEqual(first);
    expect(new Set(await run(runtime, className, config, { shape, training: false }))).toEqual(new Set([1]));
  });

  // Bounds are five deviations of what chance does to a sample of 10,000.
  it('Dropout sets about its rate to 0 and scales the rest', async () => {
    const values = await run(runtime, 'Dropout', { rate: 0.3 });
    expect(Math.abs(values.filter((value) => value === 0).length / values.length - 0.3)).toBeLessThan(0.025);
    for (const value of values) if (value !== 0) expect(value).toBeCloseTo(1 / 0.7, 6);
  });

  it('AlphaDropout sets about its rate to one value, and the rest to another', async () => {
    const values = await run(runtime, 'AlphaDropout', { rate: 0.3 });
    const saturation = -1.7580993408473766;
    const scale = (0.7 * (1 + 0.3 * saturation ** 2)) ** -0.5;
    const [kept, dropped] = [1, saturation].map((value) => scale * value - scale * saturation * 0.3) as [number, number];
    for (const value of values) expect(Math.min(Math.abs(value - kept), Math.abs(value - dropped))).toBeLessThan(1e-5);
    expect(Math.abs(values.filter((value) => value < 0).length / values.length - 0.3)).toBeLessThan(0.025);
  });

  it('GaussianNoise adds noise of its deviation, GaussianDropout multiplies with it', async () => {
    const noise = moments(await run(runtime, 'GaussianNoise', { stddev: 0.5 }));
    expect(Math.abs(noise.mean - 1)).toBeLessThan(0.025);
    expect(Math.abs(noise.deviation - 0.5)).toBeLessThan(0.018);
    const dropout = moments(await run(runtime, 'GaussianDropout', { rate: 0.2 }));
    expect(Math.abs(dropout.mean - 1)).toBeLessThan(0.025);
    expect(Math.abs(dropout.deviation - 0.5)).toBeLessThan(0.018);
  });

  it.each([
    ['SpatialDropout1D', {}, [50, 4, 50], 4, 50],
    ['SpatialDropout2D', { data_format: 'channels_first' }, [50, 50, 2, 3], 6, 1],
    ['SpatialDropout3D', {}, [50, 2, 3, 2, 50], 12, 50],
  ])('%s %j drops whole channels', async (className, config, shape, positions, stride) => {
    const values = await run(runtime, className, { rate: 0.3, ...config }, { shape });
    // Position p of channel c of row r is at r·positions·50 + …; a channel's first position decides about the others.
    let dropped = 0;
    for (let row = 0; row < 50; row++)
      for (let channel = 0; channel < 50; channel++) {
        const start = row * positions * 50 + (stride === 1 ? channel * positions : channel);
        const first = values[start];
        if (first === 0) dropped++;
        for (let position = 1; position < positions; position++) expect(values[start + position * stride]).toBe(first);
      }
    expect(Math.abs(dropped / 2500 - 0.3)).toBeLessThan(0.046); // five deviations of a share of 2,500
  });
});

import { parseModel } from '@trainyard/keras-format';
import { gatherRows, type NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import type { Batch } from '../data/batch.js';
import { permutation } from '../data/shuffle.js';
import { buildModel } from '../model/build-model.js';
import type { Program, Runtime, StepDefinition, VariableSpec } from '../runtime/runtime.js';
import { tensorflow } from '../testing/tensorflow.js';
import { fit } from './fit.js';
import type { History } from './history.js';
import type { TrainingPlan } from './plan.js';
import { Trainer } from './trainer.js';

describe('rows that are held where the steps run', () => {
  // 2,048 numbers a row: batches of 16 are large enough to be gathered in the graph.
  const layers = [{ class_name: 'Dense', config: { name: 'dense_1', units: 3, batch_input_shape: [null, 2048] } }];
  const rows = (count: number): Batch => ({
    x: [{ dtype: 'float32', shape: [count, 2048], data: Float32Array.from({ length: count * 2048 }, (_, i) => Math.sin(i)) }],
    y: [{ dtype: 'float32', shape: [count, 3], data: Float32Array.from({ length: count * 3 }, (_, i) => Math.cos(i)) }],
    sampleWeight: [{ dtype: 'float32', shape: [count], data: Float32Array.from({ length: count }, (_, i) => 1 + (i % 3)) }],
  });

  /** Fits one after the other by one trainer; `history` is the last one's. */
  async function fitted(shuffle: boolean | 'batch', data: Batch[], plan?: () => TrainingPlan): Promise<{ history: History; weights: NdArray[]; declared: string[]; released: string[] }> {
    const [declared, released]: [string[], string[]] = [[], []];
    const runtime = tensorflow();
    const watched: Runtime = {
      name: runtime.name,
      dispose: () => undefined,
      createProgram: (variables) => {
        const program = runtime.createProgram(variables);
        const watchedProgram: Program = {
          compile: (step: StepDefinition) => program.compile(step),
          read: (names: readonly string[]) => program.read(names),
          write: (values: ReadonlyMap<string, NdArray>) => program.write(values),
          dispose: () => program.dispose(),
          declare: (added: readonly VariableSpec[]) => {
            declared.push(...added.map(({ name }) => name));
            program.declare(added);
          },
          release: (names: readonly string[]) => {
            released.push(...names);
            return program.release(names);
          },
        };
        return watchedProgram;
      },
    };
    const model = buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));
    const trainer = new Trainer(compileModel(model, { optimizer: 'rmsprop', loss: 'mse' }), watched, 5);
    await trainer.initialize();
    const histories: History[] = [];
    for (const rowsOfFit of data) histories.push(await fit(trainer, rowsOfFit, { batchSize: 16, epochs: 3, shuffle, ...(plan && { plan }) }));
    const history = histories.at(-1) as History;
    const weights = await trainer.program.getWeights();
    trainer.dispose();
    return { history, weights, declared, released };
  }

  const names = ['/rows/x0', '/rows/y0', '/rows/w0'];

  it('train as gathered ones do', async () => {
    for (const shuffle of [true, 'batch'] as const) {
      const held = await fitted(shuffle, [rows(75)]);
      expect(held.declared).toEqual(names);
      // A plan by which XLA compiles whole steps gathers beside them; its steps round otherwise.
      const gathered = await fitted(shuffle, [rows(75)], () => ({ stepsPerRun: 1, xla: 'step' }));
      expect(gathered.declared).toEqual([]);
      const losses = gathered.history.history['loss'] ?? [];
      expect(losses).toHaveLength(3);
      losses.forEach((loss, epoch) => expect(held.history.history['loss']?.[epoch]).toBeCloseTo(loss, 5));
    }
  });

  it('are written anew by each fit, and make room for rows of other shapes', async () => {
    const changed = rows(75);
    changed.y[0]?.data.fill(7 as never);
    const twice = await fitted(true, [rows(75), changed, rows(40)]);
    expect(twice.declared).toEqual([...names, ...names]);
    expect(twice.released).toEqual(names);
    const alone = await fitted(true, [rows(75), rows(75), rows(40)]);
    expect(alone.weights).not.toEqual(twice.weights);
  });

  it('give the numbers of rows that are not held', async () => {
    // The same rows, whose batches are gathered by hand.
    const all = rows(75);
    const held = await fitted(true, [all], () => ({ stepsPerRun: 2 }));
    const order = [0, 1, 2].map((epoch) => permutation(75, 5, epoch));
    const model = buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));
    const trainer = new Trainer(compileModel(model, { optimizer: 'rmsprop', loss: 'mse' }), tensorflow(), 5);
    await trainer.initialize();
    for (const indices of order)
      for (let start = 0; start < 75; start += 32) {
        const end = Math.min(75, start + 32);
        const take = (array: NdArray): NdArray => gatherRows(array, indices, start, end);
        await trainer.trainBatches({ x: all.x.map(take), y: all.y.map(take), sampleWeight: all.sampleWeight?.map((array) => array && take(array)) }, end - start === 32 ? [16, 16] : [11]);
      }
    expect(await trainer.program.getWeights()).toEqual(held.weights);
    trainer.dispose();
  });
});

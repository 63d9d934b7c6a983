// What several training steps in one run save: the numbers behind packages/engine/src/training/plan.ts.
//   node bench/steps-per-run.mjs [CASE…]     (after `npm run build`)
// Trains each case with 1, 2, 4 and 8 steps a run in turn, and prints the median of the milliseconds a step.
import { performance } from 'node:perf_hooks';
import { buildModel, compileModel, fit, RandomStream, Trainer } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import { readCases } from './dist/cases.js';
import { makeArray } from './dist/trainyard/case-data.js';

const STEPS = [1, 2, 4, 8];
const ROUNDS = 9;
const SECONDS = 0.5;

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const names = process.argv.length > 2 ? process.argv.slice(2) : ['mlp_binary', 'mlp_multiclass', 'functional_mlp', 'video_td'];
for (const name of names) console.log(await measure(name));
runtime.dispose();

async function measure(name) {
  const { model, compile, rows, batch_size: batchSize, inputs, targets } = (await readCases([name]))[0];
  const trainer = new Trainer(compileModel(buildModel(parseModel(model)), compile), runtime, 1);
  await trainer.initialize();
  const random = new RandomStream(1, 0);
  const make = (specs) => specs.map((spec) => makeArray(spec, rows, random));
  const data = { x: make(inputs), y: make(targets) };
  const perEpoch = Math.ceil(rows / batchSize);
  const timed = async (stepsPerRun, epochs) => {
    const started = performance.now();
    await fit(trainer, data, { batchSize, epochs, plan: () => ({ stepsPerRun }) });
    return (performance.now() - started) / (epochs * perEpoch);
  };
  for (const stepsPerRun of STEPS) await timed(stepsPerRun, 1); // traces
  const epochs = Math.max(1, Math.round((SECONDS * 1000) / (perEpoch * (await timed(1, 3)))));
  const taken = new Map(STEPS.map((stepsPerRun) => [stepsPerRun, []]));
  for (let round = 0; round < ROUNDS; round++) for (const stepsPerRun of STEPS) taken.get(stepsPerRun).push(await timed(stepsPerRun, epochs));
  trainer.dispose();
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
  return `${name}: ${STEPS.map((stepsPerRun) => `${stepsPerRun} a run ${median(taken.get(stepsPerRun)).toFixed(3)} ms`).join(', ')}`;
}

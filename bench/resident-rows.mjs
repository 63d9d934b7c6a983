// What gathering rows in the graph is worth, where they are held there: the numbers behind packages/engine/src/training/batch-source.ts.
//   node bench/resident-rows.mjs [CASE…]     (after `npm run build`)
// Fits in turns with rows that are held and with rows that are gathered beside the steps; prints medians, and the median ratio.
import { performance } from 'node:perf_hooks';
import { buildModel, compileModel, fit, planTraining, RandomStream, Trainer } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import { readCases } from './dist/cases.js';
import { makeArray } from './dist/trainyard/case-data.js';

const ROUNDS = 11;
const SECONDS = 0.7;
const LONG = 1_000_000;

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const names = process.argv.length > 2 ? process.argv.slice(2) : ['functional_mlp', 'video_td'];
for (const case_ of await readCases(names)) console.log(await measure(case_));
runtime.dispose();

async function measure({ name, model, compile, rows, batch_size: batchSize, inputs, targets }) {
  const trainer = new Trainer(compileModel(buildModel(parseModel(model)), compile), runtime, 1);
  await trainer.initialize();
  const random = new RandomStream(1, 0);
  const make = (specs) => specs.map((spec) => makeArray(spec, rows, random));
  const data = { x: make(inputs), y: make(targets) };
  const plan = planTraining(trainer.compiled.model, { batchSize, steps: LONG });
  const hold = trainer.hold.bind(trainer);
  const timed = async (held, epochs) => {
    trainer.hold = (all) => (held ? hold(all) : undefined);
    const started = performance.now();
    await fit(trainer, data, { batchSize, epochs, plan: () => plan });
    return (performance.now() - started) / (epochs * Math.ceil(rows / batchSize));
  };
  await timed(true, 2);
  await timed(false, 2);
  const epochs = Math.max(2, Math.round((SECONDS * 1000) / (Math.ceil(rows / batchSize) * (await timed(false, 2)))));
  const pairs = [];
  for (let round = 0; round < ROUNDS; round++) pairs.push({ held: await timed(true, epochs), gathered: await timed(false, epochs) });
  trainer.dispose();
  const median = (values) => values.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(3);
  return `${name}: held ${median(pairs.map(({ held }) => held))} ms a step, gathered beside ${median(pairs.map(({ gathered }) => gathered))} ms, ${median(pairs.map(({ held, gathered }) => gathered / held))} times as long`;
}

// What one run of a step costs beside TensorFlow's work: a graph that does nothing, three feeds, one fetch.
//   node bench/run-overhead.mjs
import * as tf from '@tensorflow/tfjs-core';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

const WARM_UP = 2000;
const RUNS = 5000;
const ROUNDS = 7;

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const program = runtime.createProgram([]);
const definition = {
  name: 'trivial',
  feeds: ['a', 'b', 'c'].map((name) => ({ name, shape: [], dtype: 'float32' })),
  build: (scope) => [tf.addN(['a', 'b', 'c'].map((name) => scope.feed(name)))],
};
const step = program.compile(definition);
const inThisThread = program.compile({ ...definition, inline: true });
const feeds = Object.fromEntries(['a', 'b', 'c'].map((name, i) => [name, { dtype: 'float32', shape: [], data: Float32Array.of(i + 1) }]));

/** Microseconds a run, when each waits for the one before. */
async function oneByOne(which = step) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < RUNS; i++) await which.run(feeds);
  return Number(process.hrtime.bigint() - start) / RUNS / 1000;
}

/** Microseconds a run, when the next is queued while one is in flight, as a training loop does. */
async function staged() {
  const start = process.hrtime.bigint();
  let last = step.run(feeds);
  for (let i = 1; i < RUNS; i++) {
    const next = step.run(feeds);
    await last;
    last = next;
  }
  await last;
  return Number(process.hrtime.bigint() - start) / RUNS / 1000;
}

for (let i = 0; i < WARM_UP; i++) for (const each of [step, inThisThread]) await each.run(feeds);
const figures = { oneByOne: [], staged: [], inline: [] };
for (let round = 0; round < ROUNDS; round++) {
  figures.oneByOne.push(await oneByOne());
  figures.staged.push(await staged());
  figures.inline.push(await oneByOne(inThisThread));
}
for (const [name, values] of Object.entries(figures)) {
  values.sort((a, b) => a - b);
  console.log(`${name}: median ${values[ROUNDS >> 1].toFixed(1)} µs a run, best ${values[0].toFixed(1)}`);
}
runtime.dispose();

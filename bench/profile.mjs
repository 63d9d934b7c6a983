// Where the time of a training step goes, op by op: the profile of one step, and the sum for each kind of op.
//   node bench/profile.mjs CASE [--xla parts|step] [--runs 9]     (after `npm run build`)
// Each figure is the median of the runs' sums. Ops of two threads overlap: the sums of all kinds may exceed the step.
import { parseArgs } from 'node:util';
import { buildModel, compileModel, RandomStream, Trainer } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import { readCases } from './dist/cases.js';
import { makeArray } from './dist/trainyard/case-data.js';

const WARM_UP = 5;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { xla: { type: 'string' }, runs: { type: 'string', default: '9' }, rows: { type: 'string', default: '20' } } });
const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const profiles = [];
let looking = false;
const [case_] = await readCases(positionals.slice(0, 1));
const trainer = new Trainer(compileModel(buildModel(parseModel(case_.model)), case_.compile), profiling(runtime), 1);
trainer.xla = values.xla;
await trainer.initialize();
const random = new RandomStream(1, 0);
const make = (specs) => specs.map((spec) => makeArray(spec, case_.batch_size, random));
const batch = trainer.standardize({ x: make(case_.inputs), y: make(case_.targets) });
for (let run = 0; run < WARM_UP + Number(values.runs); run++) {
  looking = run >= WARM_UP;
  await trainer.trainBatch(batch);
}
print();
trainer.dispose();
runtime.dispose();

/** The runtime, whose train step is profiled once `looking`. */
function profiling(inner) {
  return {
    name: inner.name,
    dispose: () => undefined,
    createProgram: (variables) => {
      const program = inner.createProgram(variables);
      return {
        declare: (added) => program.declare(added),
        release: (names) => program.release(names),
        read: (names) => program.read(names),
        write: (arrays) => program.write(arrays),
        dispose: () => program.dispose(),
        compile: (definition) => {
          const step = program.compile(definition);
          return { dispose: () => step.dispose(), run: (feeds) => (looking ? profile(step, feeds) : step.run(feeds)) };
        },
      };
    },
  };
}

async function profile(step, feeds) {
  profiles.push(await step.profile(feeds));
  return [{ dtype: 'float32', shape: [0], data: new Float32Array(64) }];
}

function print() {
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
  const types = [...new Set(profiles.flat().map(({ type, name }) => type || name))];
  const ms = (micros) => (micros / 1000).toFixed(2);
  const rows = types.map((type) => {
    const each = profiles.map((ops) => ops.filter((op) => (op.type || op.name) === type));
    return { type, count: median(each.map(({ length }) => length)), sum: median(each.map((ops) => ops.reduce((total, { duration }) => total + duration, 0))) };
  });
  rows.sort((a, b) => b.sum - a.sum);
  const whole = median(profiles.map((ops) => Math.max(...ops.map(({ start, duration }) => start + duration))));
  console.log(`${case_.name}: ${ms(whole)} ms from the first op to the last\n\n| op | runs | ms |\n| --- | --- | --- |`);
  for (const { type, count, sum } of rows.slice(0, Number(values.rows))) console.log(`| ${type} | ${count} | ${ms(sum)} |`);
}

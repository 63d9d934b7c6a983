// What XLA and the calling thread are worth to predictions: the numbers behind packages/engine/src/steps/plan-prediction.ts.
//   node bench/predict-plans.mjs [CASE…] [--rows 1,8,32,128]     (after `npm run build`)
// Predicts in turns, and prints the median milliseconds of each way.
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { buildModel, ModelProgram, RandomStream } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import { readCases } from './dist/cases.js';
import { makeArray } from './dist/trainyard/case-data.js';

const ROUNDS = 25;
/** Predictions of a round, so that a round of one row takes some milliseconds. */
const CALLS = { few: 10, many: 1 };
const ways = {
  plain: {},
  'plain, inline': { inline: true },
  'XLA: parts': { xla: 'parts' },
  'XLA: step': { xla: 'step' },
  'XLA: step, inline': { xla: 'step', inline: true },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string', default: '1,8,32,128' } } });
const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
for (const case_ of await readCases(positionals.length > 0 ? positionals : ['mlp_binary', 'lstm_seq', 'aux_lstm', 'tweets']))
  for (const rows of values.rows.split(',').map(Number)) console.log(`${case_.name}, ${rows} rows: ${await measure(case_, rows)}`);
runtime.dispose();

async function measure({ model, inputs }, rows) {
  const random = new RandomStream(1, 0);
  const x = inputs.map((spec) => makeArray(spec, rows, random));
  const programs = new Map();
  for (const [way, execution] of Object.entries(ways)) {
    const program = new ModelProgram(buildModel(parseModel(model)), executing(execution));
    await program.initialize(1);
    for (let call = 0; call < 3; call++) await program.predict(x, { batchSize: rows });
    programs.set(way, { program, taken: [] });
  }
  const calls = rows < 8 ? CALLS.few : CALLS.many;
  for (let round = 0; round < ROUNDS; round++)
    for (const { program, taken } of programs.values()) {
      const started = performance.now();
      for (let call = 0; call < calls; call++) await program.predict(x, { batchSize: rows });
      taken.push((performance.now() - started) / calls);
    }
  const texts = [...programs].map(([way, { program, taken }]) => {
    program.dispose();
    return `${way} ${taken.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(3)} ms`;
  });
  return texts.join(', ');
}

/** The runtime, whose predictions are executed as told, whatever the engine would choose. */
function executing(execution) {
  return {
    name: runtime.name,
    dispose: () => undefined,
    createProgram: (variables) => {
      const program = runtime.createProgram(variables);
      return {
        declare: (added) => program.declare(added),
        release: (names) => program.release(names),
        read: (names) => program.read(names),
        write: (arrays) => program.write(arrays),
        dispose: () => program.dispose(),
        compile: (step) => program.compile(step.name === 'predict' ? { ...step, xla: undefined, inline: undefined, ...execution } : step),
      };
    },
  };
}

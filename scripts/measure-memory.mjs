// Compares estimateMemory with what processes take: node scripts/measure-memory.mjs [NAME …]
// A process a case trains three steps, writes a whole-model file, and says its largest resident size; another predicts.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { buildModel, compileModel, estimateMemory, ModelProgram, toModelFile, Trainer } from '../packages/engine/dist/index.js';
import { parseModel, writeModelFile } from '../packages/keras-format/dist/index.js';
import { createTensorFlowRuntime, findLibrary } from '../packages/tensorflow/dist/index.js';

const layer = (class_name, name, config) => ({ class_name, config: { name, ...config } });
const conv = (name, filters, more = {}) => layer('Conv2D', name, { filters, kernel_size: 3, activation: 'relu', ...more });
const pool = (name) => layer('MaxPooling2D', name, { pool_size: 2 });
const dense = (name, units, more = {}) => layer('Dense', name, { units, ...more });

const cases = {
  tiny: { batch: 32, layers: [dense('a', 16, { batch_input_shape: [null, 20] }), dense('b', 1)] },
  wide_mlp: { batch: 64, layers: [dense('a', 4096, { batch_input_shape: [null, 2048], activation: 'relu' }), dense('b', 4096, { activation: 'relu' }), dense('c', 10)] },
  vgg_like: {
    batch: 32,
    layers: [conv('c1', 32, { batch_input_shape: [null, 100, 100, 3] }), conv('c2', 32), pool('p1'), conv('c3', 64), conv('c4', 64), pool('p2'), layer('Flatten', 'f', {}), dense('d1', 256, { activation: 'relu' }), dense('d2', 10)],
  },
  normalized: {
    batch: 64,
    layers: [conv('c1', 32, { batch_input_shape: [null, 64, 64, 3] }), layer('BatchNormalization', 'b1', {}), conv('c2', 64), layer('BatchNormalization', 'b2', {}), layer('GlobalAveragePooling2D', 'g', {}), dense('d', 10)],
  },
  lstm: { batch: 32, layers: [layer('LSTM', 'l', { units: 256, batch_input_shape: [null, 280, 256] }), dense('d', 1)] },
  embedding: { batch: 128, layers: [layer('Embedding', 'e', { input_dim: 50000, output_dim: 128, batch_input_shape: [null, 200] }), layer('GlobalAveragePooling1D', 'g', {}), dense('d', 1)] },
};

const [mode, name] = process.argv.slice(2);
const here = fileURLToPath(import.meta.url);
const model = (key) => buildModel(parseModel({ class_name: 'Sequential', keras_version: '2.0.8', config: cases[key].layers }));
const spec = { optimizer: 'adam', loss: 'mse' };

async function run(kind, key) {
  const built = model(key);
  const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
  const rows = cases[key].batch;
  const zeros = (shape) => {
    const full = [rows, ...shape.slice(1)];
    return { dtype: 'float32', shape: full, data: new Float32Array(full.reduce((size, length) => size * length, 1)) };
  };
  const x = built.inputs.map(({ shape }) => zeros(shape));
  if (kind === '--predict') {
    const program = new ModelProgram(built, runtime);
    await program.initialize(1);
    await program.setWeights(await program.getWeights()); // as from a file
    for (let step = 0; step < 3; step++) await program.predict(x, { batchSize: rows });
  } else {
    const trainer = new Trainer(compileModel(built, spec), runtime, 1);
    await trainer.initialize();
    const batch = trainer.standardize({ x, y: built.outputs.map(({ shape }) => zeros(shape)) });
    for (let step = 0; step < 3; step++) await trainer.trainBatch(batch);
    await writeModelFile(await toModelFile(trainer));
  }
  console.log(process.resourceUsage().maxRSS * 1024);
}

if (mode === '--train' || mode === '--predict') await run(mode, name);
else {
  const MiB = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
  for (const key of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(cases)) {
    const built = model(key);
    const estimate = estimateMemory(built, cases[key].batch, { compiled: compileModel(built, spec) });
    for (const kind of ['train', 'predict']) {
      const measured = Number(execFileSync(process.execPath, [here, `--${kind}`, key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n').at(-1));
      const estimated = estimate[`${kind}_bytes`];
      console.log(`${key}, ${kind}: estimated ${MiB(estimated)}, measured ${MiB(measured)}, ratio ${(estimated / measured).toFixed(2)}`);
    }
  }
}

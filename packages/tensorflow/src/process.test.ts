import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { TensorFlowConfig } from './config/config-proto.js';
import { findLibrary } from './library/find-library.js';

/*
 * What can only be seen from outside a process: how it ends, what it writes to standard error, its threads, its GPU memory.
 * Each test runs a script of its own on this package's sources.
 */

const library = findLibrary(process.env);
const cache = join(import.meta.dirname, '../../../node_modules/.cache');
mkdirSync(cache, { recursive: true });
// Within the repository, so that the script finds what it imports.
const folder = mkdtempSync(join(cache, 'tensorflow-process-'));
const packageFile = join(folder, 'tensorflow.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    outfile: packageFile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['trainyard-source'],
    // The last two are the engine's, in whose rules for updates they are not needed.
    external: ['koffi', '@tensorflow/*', 'h5wasm', 'yaml'],
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the body of a module, in which `createTensorFlowRuntime`, `registerTensorFlowBackend`, `tf`, `library` are there. */
async function run(body: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const source = [
    `import * as tf from '@tensorflow/tfjs-core';`,
    `import { readdirSync, readFileSync } from 'node:fs';`,
    `import { createTensorFlowRuntime, registerTensorFlowBackend } from ${JSON.stringify(packageFile)};`,
    `const library = ${JSON.stringify(library)};`,
    body,
  ].join('\n');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], { cwd: folder, env: { PATH: process.env['PATH'], ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
}

const product = `
  const side = 400;
  const step = program.compile({ name: 'product', feeds: [{ name: 'x', shape: [side, side], dtype: 'float32' }], build: (scope) => [tf.matMul(scope.feed('x'), scope.feed('x')).sum()] });
  await step.run({ x: { dtype: 'float32', shape: [side, side], data: new Float32Array(side * side) } });
`;

describe('a process', () => {
  it('ends cleanly and says nothing, whatever it left undisposed', async () => {
    const outcome = await run(`
      const runtime = createTensorFlowRuntime({ library });
      await registerTensorFlowBackend({ library });
      const eager = tf.tensor1d([1, 2]).add(1);
      const program = runtime.createProgram([{ name: 'w', shape: [1], dtype: 'float32' }]);
      ${product}
      console.log('done', eager.dataSync()[1]);
    `);
    expect(outcome).toEqual({ code: 0, signal: null, stdout: 'done 3\n', stderr: '' });
  });

  it('ends with the code that it chose after everything was disposed of', async () => {
    const outcome = await run(`
      const runtime = createTensorFlowRuntime({ library });
      const program = runtime.createProgram([]);
      ${product}
      runtime.dispose();
      process.exit(7);
    `);
    expect(outcome).toEqual({ code: 7, signal: null, stdout: '', stderr: '' });
  });

  it("keeps standard error as it was: what was written before, and TensorFlow's errors, arrive", async () => {
    const outcome = await run(
      `console.error('before');
       createTensorFlowRuntime({ library });
       console.error('after');`,
    );
    expect(outcome.stderr).toBe('before\nafter\n');
  });

  it('has TF_DETERMINISTIC_OPS in the environment that TensorFlow reads, also from a worker thread', async () => {
    const outcome = await run(`
      import koffi from 'koffi';
      import { Worker, isMainThread } from 'node:worker_threads';
      const code = \`
        import('\${${JSON.stringify(packageFile)}}').then(({ createTensorFlowRuntime }) => createTensorFlowRuntime({ library: '\${library}' }));
      \`;
      await new Promise((resolve) => new Worker(code, { eval: true }).on('exit', resolve));
      const getenv = koffi.load('libc.so.6').func('const char* getenv(const char*)');
      console.log(getenv('TF_DETERMINISTIC_OPS'), getenv('TF_CPP_MIN_LOG_LEVEL'));
    `);
    expect(outcome).toEqual({ code: 0, signal: null, stdout: '1 2\n', stderr: '' });
  });

  it('adds scattered updates in one order', async () => {
    // Without TF_DETERMINISTIC_OPS, 30 runs of this gave 20 different results on two cores.
    const outcome = await run(`
      await registerTensorFlowBackend({ library });
      const { binding } = tf.backend();
      const [rows, width, table] = [1280, 128, [10, 128]];
      const { TF_FLOAT, TF_INT32 } = binding;
      const type = (name, value) => ({ name, type: binding.TF_ATTR_TYPE, value });
      const updates = binding.createTensor([rows, width], TF_FLOAT, Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)));
      const indices = binding.createTensor([rows], TF_INT32, Int32Array.from({ length: rows }, (_, i) => i % table[0]));
      const zeros = binding.createTensor(table, TF_FLOAT, new Float32Array(table[0] * width));
      const [variable] = binding.executeOp('VarHandleOp', [type('dtype', TF_FLOAT), { name: 'shape', type: binding.TF_ATTR_SHAPE, value: table }], [], 1);
      const results = new Set();
      for (let i = 0; i < 30; i++) {
        binding.executeOp('AssignVariableOp', [type('dtype', TF_FLOAT)], [variable.id, zeros], 0);
        binding.executeOp('ResourceScatterAdd', [type('dtype', TF_FLOAT), type('Tindices', TF_INT32)], [variable.id, indices, updates], 0);
        const [sum] = binding.executeOp('ReadVariableOp', [type('dtype', TF_FLOAT)], [variable.id], 1);
        results.add(binding.tensorDataSync(sum.id).join());
        binding.deleteTensor(sum.id);
      }
      console.log(results.size);
    `);
    expect(outcome).toEqual({ code: 0, signal: null, stdout: '1\n', stderr: '' });
  });
});

describe('the threads', () => {
  /** Threads by their names once a step has run. */
  async function threads(config: TensorFlowConfig): Promise<Record<string, number>> {
    const { stdout } = await run(`
      const runtime = createTensorFlowRuntime({ library, config: ${JSON.stringify(config)} });
      const program = runtime.createProgram([]);
      ${product}
      const count = {};
      for (const task of readdirSync('/proc/self/task')) {
        const name = readFileSync('/proc/self/task/' + task + '/comm', 'utf8').trim();
        count[name] = (count[name] ?? 0) + 1;
      }
      console.log(JSON.stringify(count));
    `);
    return JSON.parse(stdout) as Record<string, number>;
  }

  it('are as many as the config says', async () => {
    const few = await threads({ intraOpParallelismThreads: 1, interOpParallelismThreads: 2 });
    const many = await threads({ intraOpParallelismThreads: 4, interOpParallelismThreads: 5 });
    expect(few['tf_Compute']).toBe(2);
    expect(many['tf_Compute']).toBe(5);
    // Threads within an op have the name of the process.
    const total = (count: Record<string, number>) => Object.values(count).reduce((sum, number) => sum + number, 0);
    expect(total(many) - total(few)).toBe(5 - 2 + (4 - 1));
  });
});

describe('the memory of a GPU', () => {
  const smi = (query: string) => spawnSync('nvidia-smi', [query, '--format=csv,noheader,nounits'], { encoding: 'utf8' });
  const total = smi('--query-gpu=memory.total');

  /** MiB that a process with this config holds after a step on the GPU; undefined where TensorFlow sees no GPU. */
  async function taken(config: TensorFlowConfig): Promise<number | undefined> {
    const { stdout } = await run(
      `
      import { spawnSync } from 'node:child_process';
      const before = Number(spawnSync('nvidia-smi', ['--query-gpu=memory.used', '--format=csv,noheader,nounits'], { encoding: 'utf8' }).stdout.split('\\n')[0]);
      const runtime = createTensorFlowRuntime({ library, config: ${JSON.stringify(config)} });
      const program = runtime.createProgram([]);
      ${product}
      const after = Number(spawnSync('nvidia-smi', ['--query-gpu=memory.used', '--format=csv,noheader,nounits'], { encoding: 'utf8' }).stdout.split('\\n')[0]);
      console.log(JSON.stringify({ gpus: program.devices().filter((device) => device.type === 'GPU').length, taken: after - before }));
      `,
      { LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] },
    );
    const { gpus, taken } = JSON.parse(stdout) as { gpus: number; taken: number };
    return gpus > 0 ? taken : undefined;
  }

  it('is what per_process_gpu_memory_fraction allows, or what is needed with allow_growth', async (context) => {
    if (total.status !== 0) return context.skip('this machine has no NVIDIA GPU (nvidia-smi did not run)');
    const fraction = await taken({ gpu: { perProcessGpuMemoryFraction: 0.1, visibleDeviceList: '0' } });
    if (fraction === undefined) return context.skip('this libtensorflow sees no GPU');
    const tenth = Number(total.stdout.split('\n')[0]) / 10;
    const CUDA_CONTEXT_MIB = 2048;
    expect(fraction).toBeGreaterThan(tenth * 0.95);
    expect(fraction).toBeLessThan(tenth + CUDA_CONTEXT_MIB);
    const growing = await taken({ gpu: { allowGrowth: true, perProcessGpuMemoryFraction: 0.5, visibleDeviceList: '0' } });
    expect(growing).toBeLessThan(CUDA_CONTEXT_MIB);
  });
});

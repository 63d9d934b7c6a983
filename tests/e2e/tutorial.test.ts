import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { decodeNpz } from '@trainyard/ndarray';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { docsBlocks } from '../support/docs.js';
import { KERAS_PEERS, pythonEnvironment } from '../support/python.js';
import { Stack } from '../support/stack.js';

// docs/tutorial.md, block after block: those for the shell always, those in Python where Keras can be installed.

vi.setConfig({ testTimeout: 600_000, hookTimeout: 240_000 }); // perhaps on a busy machine

const root = path.resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);
let stack: Stack;
let folder: string;
let env: NodeJS.ProcessEnv;
/** What the blocks of the shell wrote, one for each. */
let outputs: string[];

beforeAll(async () => {
  [stack, folder] = await Promise.all([Stack.start({ predictor: true }), mkdtemp(path.join(tmpdir(), 'trainyard-tutorial-'))]);
  await stack.startWorker();
  for (const name of ['examples', 'node_modules', 'package.json']) await symlink(path.join(root, name), path.join(folder, name));
  env = { ...process.env, TRAINYARD_URL: stack.api.url, TRAINYARD_API_KEY: '' };
  for (const name of ['NODE_OPTIONS', 'VITEST']) delete env[name];
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const blocks = await docsBlocks('tutorial.md', 'bash');
const outputOf = (text: string): string => outputs[blocks.findIndex((block) => block.includes(text))] ?? '';

test('the shell’s blocks train, predict, serve and download', async () => {
  const script = blocks.map((block) => `${block}\necho; echo "== done"`).join('\n');
  const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env, maxBuffer: 2 ** 26 });
  outputs = stdout.split('== done\n');
  expect(outputOf('text/event-stream')).toMatch(/event: metrics\n.*event: status\ndata: .*"succeeded"/s);
  expect(outputOf('npx trainyard train')).toMatch(/Epoch 1\/6\n45\/45 \[=+\] - .*val_acc: .*succeeded/s);
  expect(Object.keys((JSON.parse(outputOf('/history"')) as { history: object }).history).toSorted()).toEqual(['acc', 'loss', 'val_acc', 'val_loss']);
  expect(JSON.parse(outputOf('-d @image.json'))).toEqual({ predictions: [2], checkpoint: expect.stringMatching(/^ckpt_/) as string });
  expect(JSON.parse(outputOf('digits:predict'))).toEqual({ predictions: [[{ index: 2, score: expect.any(Number) as number }, { index: expect.any(Number) as number, score: expect.any(Number) as number }]] });
  expect((await readFile(path.join(folder, 'digits.h5'))).subarray(1, 4).toString()).toBe('HDF');
  expect((await readFile(path.join(folder, 'digits.keras'))).subarray(0, 2).toString()).toBe('PK');
});

test('the image is the first of the file, and a 2', async () => {
  const arrays = decodeNpz(new Uint8Array(await readFile(path.join(root, 'examples/digits/digits.npz'))));
  const { instances } = JSON.parse(await readFile(path.join(folder, 'image.json'), 'utf8')) as { instances: number[][][][] };
  expect(instances.flat(3)).toEqual([...(arrays.get('x')!.data as Uint8Array).subarray(0, 64)]);
  expect(Number(arrays.get('y')!.data[0])).toBe(2);
});

test('Python’s blocks write that model, train it from Python, and open what was downloaded', async (context) => {
  const python = await pythonEnvironment(KERAS_PEERS);
  if ('skipped' in python) return context.skip(python.skipped);
  const program = (await Promise.all(['script', 'json', 'client', 'open'].map((name) => docsBlocks('tutorial.md', `python ${name}`)))).flat();
  expect(program).toHaveLength(4);
  const head = `import os, sys\nos.chdir(sys.argv[1]); sys.path.insert(0, sys.argv[2]); os.environ['TRAINYARD_URL'] = sys.argv[3]\n`;
  const tail = `import json\nprint(json.dumps({'digit': int(model.predict(x[:1]).argmax()), 'epochs': len(job.history['val_loss']), 'status': job.status}))\n`;
  const answer = await python.run(head + program.join('\n') + tail, [folder, path.join(root, 'clients/python'), stack.api.url]);
  expect(answer).toEqual({ digit: 2, epochs: expect.any(Number) as number, status: 'succeeded' });
  // What Keras wrote is the model that the shell's blocks took.
  const layersOf = async (file: string): Promise<unknown> => {
    const model = JSON.parse(await readFile(file, 'utf8')) as object;
    const { body } = await stack.api.call<{ layers: { class_name: string; output_shapes: unknown; params: number }[] }>('POST', '/v1/models:validate', { model });
    return body.layers.filter(({ class_name }) => class_name !== 'InputLayer').map(({ class_name, output_shapes, params }) => [class_name, output_shapes, params]);
  };
  expect(await layersOf(path.join(folder, 'model.json'))).toEqual(await layersOf(path.join(root, 'examples/digits/model.json')));
});

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { callText, Random, rightCalls, sendHostileCalls } from '@trainyard/chaos';
import { Client } from '@trainyard/client';
import { sliceRows } from '@trainyard/ndarray';
import type { Problem } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { docsBlocks } from '../support/docs.js';
import { smallJob, twoClasses, uploadTwoClasses } from '../support/example-jobs.js';
import { goldenFolder } from '../support/golden.js';
import type { JobsApi } from '../support/jobs-api.js';
import { pythonEnvironment } from '../support/python.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

// Checkpoints behind names, asked by the clients that there are: those of TensorFlow Serving and of Triton, curl, and ours.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Triton's own client, and what TensorFlow Serving's documentation uses. */
const clients = ['tritonclient[http]==2.73.0', 'numpy==2.2.6', 'requests==2.32.5'];
const blocks = (info: string): Promise<string[]> => docsBlocks('serving.md', info);

let stack: Stack;
let api: JobsApi;
let client: Client;
let folder: string;
/** A job with checkpoints of epochs 0 and 1, and its final one. */
let job: string;
/** A row that the job's model takes. */
const row = [...(sliceRows(twoClasses(1).x, 0, 1).data as Float32Array)];

beforeAll(async () => {
  [stack, folder] = await Promise.all([Stack.start({ predictor: true }), mkdtemp(path.join(tmpdir(), 'trainyard-serving-'))]);
  api = stack.api;
  client = new Client({ url: api.url });
  await stack.startWorker();
  await uploadTwoClasses(api);
  job = (await api.submit(smallJob({ fit: { batch_size: 30, epochs: 2 }, callbacks: [{ class_name: 'ModelCheckpoint', config: { filepath: 'ep{epoch}.h5' } }] }))).id;
  await api.until(job, 'succeeded');
  await client.models.set('digest', { job });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await stack.stop();
});

const predictOfJob = async (body: object): Promise<unknown[]> => (await api.call<{ predictions: unknown[] }>('POST', `/v1/jobs/${job}/predict`, body)).body.predictions;

/** A curl of its own, as a user's shell runs it. */
async function shell(script: string): Promise<string> {
  const env = { PATH: process.env['PATH'], api: api.url, auth: 'x-no-keys: here', job };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script.replaceAll(/^( *)curl /gm, '$1curl --silent --show-error --write-out "\\n" '), ], { cwd: folder, env });
  return stdout;
}

describe('TensorFlow Serving’s REST API', () => {
  test('answers what the job’s own predict does: by row, by column, from bytes, of one version', async () => {
    const expected = await predictOfJob({ instances: [row, row] });
    const ask = async (body: object | string, at = 'digest:predict') => (await api.call('POST', `/v1/models/${at}`, body)).body;
    expect(await ask({ instances: [row, row] })).toEqual({ predictions: expected });
    expect(await ask({ instances: [{ dense_1_input: row }, { dense_1_input: row }], signature_name: 'serving_default' })).toEqual({ predictions: expected });
    expect(await ask({ inputs: [row, row] })).toEqual({ outputs: expected });
    expect(await ask({ inputs: { dense_1_input: { b64: Buffer.from(Float32Array.from([...row, ...row]).buffer).toString('base64') } } })).toEqual({ outputs: expected });
    expect(await ask({ instances: [row, row] }, 'digest/versions/1:predict')).toEqual({ predictions: expected });
    expect(await ask({ instances: [row, row] }, `${job}:predict`)).toEqual({ predictions: expected });
    expect(await ask({ instances: [row] }, `${job}@epoch-0:predict`)).toEqual({ predictions: await predictOfJob({ instances: [row], checkpoint: 'epoch-0' }) });
    expect(await ask({ instances: [row], outputs: 'classes' })).toEqual({ predictions: await predictOfJob({ instances: [row], outputs: 'classes' }) });
    expect(await ask({ raw: true, instances: [{ x: row, y: 0 }] })).toEqual({ predictions: await predictOfJob({ instances: [row] }) });
    expect(await ask({ instances: [row], top_k: 2, deadline_ms: 30_000 })).toEqual({ predictions: await predictOfJob({ instances: [row], top_k: 2 }) });
  });

  test.each<[string, string, object, number, RegExp]>([
    ['an unknown signature', 'digest:predict', { instances: [[0]], signature_name: 'classify' }, 422, /\/signature_name: expected "serving_default".*received "classify"/],
    ['a deadline that is none', 'digest:predict', { instances: [[0]], deadline_ms: 0 }, 422, /deadline_ms/],
    ['no tensors', 'digest:predict', {}, 422, /is required|expected/],
    ['a row too short', 'digest:predict', { instances: [[1, 2]] }, 422, /input "dense_1_input": expected an array of shape \(None, 8\), received \(1, 2\)/],
    ['a name that nobody has', 'none:predict', { instances: [[0]] }, 404, /there is no model none/],
    ['a version that is not kept', 'digest/versions/7:predict', { instances: [[0]] }, 404, /digest has no version 7/],
    ['another verb', 'digest:classify', { instances: [[0]] }, 404, /there is no POST/],
  ])('refuses %s, in a text that its clients read', async (_, at, body, status, error) => {
    const answer = await api.call<Problem>('POST', `/v1/models/${at}`, body);
    expect({ status: answer.status, error: answer.body.error }).toEqual({ status, error: expect.stringMatching(error) });
  });
});

describe('an alias', () => {
  test('moves while it is asked, and every answer is of one version or the other', async () => {
    const [one, two] = [await predictOfJob({ instances: [row], checkpoint: 'epoch-0' }), await predictOfJob({ instances: [row], checkpoint: 'final' })];
    expect(one).not.toEqual(two);
    await client.models.set('moving', { job, checkpoint: 'epoch-0' });
    let moved: Promise<unknown> | undefined;
    const asked = Array.from({ length: 40 }, async (_, i) => {
      if (i === 10) await (moved = client.models.set('moving', { job, checkpoint: 'final' }));
      if (i === 30) await moved?.then(() => client.models.rollBack('moving'));
      const response = await fetch(`${api.url}/v1/models/moving:predict`, { method: 'POST', body: JSON.stringify({ instances: [row] }) });
      return { version: response.headers.get('x-trainyard-model-version'), ...((await response.json()) as { predictions: unknown[] }) };
    });
    for (const { version, predictions } of await Promise.all(asked)) expect(predictions).toEqual(version === '1' ? one : two);
    expect(await client.models.get('moving')).toMatchObject({ version: 1, versions: [{ version: 2 }, { version: 1 }] });
  });

  test('splits its requests, and counts how its shadow’s answers differ', async () => {
    await client.models.set('canary', { split: [{ job, checkpoint: 'epoch-0', weight: 1 }, { job, checkpoint: 'final', weight: 1 }] });
    const { split } = await client.models.get('canary');
    const answered = new Set<string | null>();
    for (let i = 0; i < 60 && answered.size < 2; i++) answered.add((await fetch(`${api.url}/v1/models/canary:predict`, { method: 'POST', body: JSON.stringify({ instances: [row] }) })).headers.get('x-trainyard-checkpoint'));
    expect([...answered].toSorted()).toEqual(split.map(({ checkpoint }) => checkpoint).toSorted());

    await client.models.set('shadowed', { job, checkpoint: 'final', shadow: { job, checkpoint: 'epoch-0' } });
    await client.models.predict('shadowed', { instances: [row] });
    await client.models.infer('shadowed', { inputs: { dense_1_input: { shape: [1, 8], data: Float32Array.from(row) } } });
    const report = await waitFor('the shadow to have been counted', async () => {
      const { shadow } = await client.models.get('shadowed');
      return shadow?.report.asked === 2 ? shadow.report : undefined;
    });
    expect(report).toEqual({ asked: 2, different: 2, failed: 0, skipped: 0, max_difference: expect.any(Number) });
    expect(await (await fetch(`${api.url}/metrics`)).text()).toMatch(/trainyard_shadow_predictions_total\{outcome="different"\} 2/);
    const refused = await api.call<Problem>('DELETE', `/v1/jobs/${job}`);
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: 'in_use' });
  });
});

test('whatever is sent is answered, or refused in words', async () => {
  const random = new Random(20);
  const calls = await rightCalls(api, job, random);
  const found: string[] = [];
  const statuses = new Set<number>();
  await sendHostileCalls({ ...{ url: api.url, calls, random, count: 500 }, onAnswer: (status, faults, call) => (statuses.add(status), found.push(...faults.map((fault) => `${fault} ${callText(call)}`))) });
  expect(found).toEqual([]);
  for (const usual of [200, 400, 404, 415, 422]) expect(statuses).toContain(usual);
  expect((await api.get<{ status: string }>('/readyz')).status).toBe('ready');
});

test('the lines of curl in the docs run as they are', async () => {
  await writeFile(path.join(folder, 'model.h5'), await readFile(path.join(goldenFolder, 'c01_mlp_binary/whole_model.h5')));
  const scripts = await blocks('sh');
  expect(scripts.length).toBeGreaterThan(6);
  const answers: Record<string, unknown>[] = [];
  for (const script of scripts) answers.push(...(await shell(script)).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>));
  expect(answers.filter((answer) => 'error' in answer)).toEqual([]);
  const [predictions, outputs] = [answers.find((answer) => 'predictions' in answer), answers.find((answer) => 'outputs' in answer)];
  expect(outputs).toEqual({ outputs: predictions?.['predictions'] });
  expect(answers.at(-1)).toMatchObject({ id: '1', model_name: 'risk', outputs: [{ name: 'dense_2', shape: [1, 1], datatype: 'FP32', data: (predictions?.['predictions'] as unknown[]).flat() }] });
  expect(await client.models.get('risk')).toMatchObject({ version: 4, versions: [{ version: 4 }, { version: 3 }, { version: 2 }, { version: 1 }] });
});

/** Calls of Triton's client, as JSON and as bytes; what it says of errors. */
const TRITON = `
import json, sys, numpy as np, tritonclient.http as triton
from tritonclient.utils import InferenceServerException, np_to_triton_dtype
url, row = sys.argv[1].removeprefix('http://'), json.loads(sys.argv[2])
client = triton.InferenceServerClient(url)
answer = {'ready': [client.is_server_live(), client.is_server_ready(), client.is_model_ready('digest'), client.is_model_ready('digest', '1'), client.is_model_ready('none')]}
answer['server'] = client.get_server_metadata()
answer['model'] = client.get_model_metadata('digest')
def infer(dtype, binary_in=True, binary_out=True, shape=(2, 8), name='dense_1_input', model='digest', datatype=None, array=None, **more):
    array = np.array([row, row], dtype).reshape(shape) if array is None else array
    x = triton.InferInput(name, list(array.shape), datatype or np_to_triton_dtype(array.dtype))
    x.set_data_from_numpy(array, binary_data=binary_in)
    result = client.infer(model, [x], outputs=[triton.InferRequestedOutput('dense_2', binary_data=binary_out)], request_id='r1', **more)
    return result.as_numpy('dense_2').tolist(), result.get_response()['id'], result.get_response()['model_version']
answer['bytes'] = infer(np.float32)
answer['json'] = infer(np.float32, False, False)
answer['mixed'] = [infer(np.float32, True, False), infer(np.float32, False, True)]
answer['double'] = infer(np.float64)
answer['half'] = infer(np.float16)
answer['gzip'] = infer(np.float32, request_compression_algorithm='gzip')
answer['version'] = infer(np.float32, model_version='1')
def classes(binary):
    x = triton.InferInput('dense_1_input', [2, 8], 'FP32').set_data_from_numpy(np.array([row, row], np.float32))
    result = client.infer('digest', [x], outputs=[triton.InferRequestedOutput('dense_2', binary_data=binary, class_count=2)]).as_numpy('dense_2')
    return [[str(text, 'utf8') if binary else text for text in line] for line in result.tolist()]
answer['classes'] = [classes(True), classes(False)]
answer['all'] = client.infer('digest', [triton.InferInput('dense_1_input', [1, 8], 'INT64').set_data_from_numpy(np.arange(8).reshape(1, 8))]).as_numpy('dense_2').tolist()
answer['errors'] = []
for wrong in [dict(shape=(4, 4)), dict(name='nope'), dict(model='none'), dict(array=np.array([[b'a'] * 8], object)), dict(model_version='9')]:
    try: answer['errors'].append(infer(np.float32, **wrong))
    except InferenceServerException as error: answer['errors'].append([error.status(), error.message()])
print(json.dumps(answer))
`;

describe('real clients', () => {
  test('Triton’s reads metadata, sends and takes JSON and bytes, and tells what is wrong', async (context) => {
    const python = await pythonEnvironment(clients);
    if ('skipped' in python) return context.skip(python.skipped);
    const answer = (await python.run(TRITON, [api.url, JSON.stringify(row)])) as Record<string, unknown> & { half: [number[][]] };
    const expected = [await predictOfJob({ instances: [row, row] }), 'r1', '1'];
    const scored = ((await predictOfJob({ instances: [row, row], top_k: 2 })) as { score: number; index: number }[][]).map((classes) => classes.map(({ score, index }) => `${score}:${index}`));
    expect(answer).toMatchObject({
      ready: [true, true, true, true, false],
      server: { name: 'trainyard', extensions: ['binary_tensor_data'] },
      model: { name: 'digest', versions: ['1'], inputs: [{ name: 'dense_1_input', datatype: 'FP32', shape: [-1, 8] }], outputs: [{ name: 'dense_2', datatype: 'FP32', shape: [-1, 1] }] },
      ...{ bytes: expected, json: expected, mixed: [expected, expected], double: expected, gzip: expected, version: expected },
      classes: [scored, scored],
      all: await predictOfJob({ instances: [[0, 1, 2, 3, 4, 5, 6, 7]] }),
      errors: [
        ['422', '/inputs/0/shape: expected [-1, 8] for the input "dense_1_input", -1 being any size, received [4, 4]'],
        ['422', '/inputs/0/name: the model has no input "nope"; its inputs are dense_1_input'],
        ['404', expect.stringMatching(/^there is no model none/)],
        ['422', expect.stringMatching(/^\/inputs\/0\/datatype: expected FP32 of shape \[-1, 8\].*received BYTES$/)],
        ['404', 'digest has no version 9'],
      ],
    });
    expect(answer.half[0][0]![0]).toBeCloseTo((expected[0] as number[][])[0]![0]!, 2);
  });

  test('the docs’ programs, of requests and of Triton, predict what curl does', async (context) => {
    const python = await pythonEnvironment(clients);
    if ('skipped' in python) return context.skip(python.skipped);
    await client.models.set('risk', { job });
    const expected = await predictOfJob({ instances: [[0.4, -0.4, 0.4, -0.4, 0.4, -0.4, 0.4, -0.4]] });
    for (const info of ['python requests', 'python tritonclient']) {
      const [program] = await blocks(info);
      expect(await python.run(`import json, sys\nurl, headers = sys.argv[1], {}\n${program}\nprint(json.dumps(predictions))`, [api.url]), info).toEqual(expected);
    }
  });
});

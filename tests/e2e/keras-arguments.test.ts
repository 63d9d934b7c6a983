import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readModelFile } from '@trainyard/keras-format';
import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import type { JobRequestInput } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { smallJob, twoClasses, uploadGolden, uploadTwoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';

// What Keras's compile, fit, load_weights and callbacks take, as a job says it: through API, worker and predictor.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
let monitor: Server;
let monitorUrl: string;
const published: { path: string; type: string; key: string; body: string }[] = [];
beforeAll(async () => {
  monitor = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      published.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', key: String(request.headers['x-key']), body });
      response.end();
    });
  });
  monitor.listen(0, '127.0.0.1');
  await once(monitor, 'listening');
  const { port } = monitor.address() as AddressInfo;
  monitorUrl = `http://127.0.0.1:${port}`;
  stack = await Stack.start({ predictor: true });
  api = stack.api;
  await stack.startWorker({ WORKER_CONCURRENCY: '2', WORKER_OUTBOUND_HOSTS: `127.0.0.1:${port}` });
  await uploadTwoClasses(api);
});
afterAll(async () => {
  monitor.close();
  await stack.stop();
});

async function train(request: unknown) {
  const { id, warnings } = await api.submit(request as JobRequestInput);
  const job = await api.until(id, 'succeeded');
  return { id, job, warnings, ...(await api.history(id)) };
}
const logsOf = async (id: string) => (await api.get<{ data: { level: string; message: string }[] }>(`/v1/jobs/${id}/logs`)).data;
const layersOf = async (id: string) => new Map((await readModelFile(await api.bytes(`/v1/jobs/${id}/checkpoints/final/content`))).layers.map(({ layer, weights }) => [layer, weights.map(({ array }) => [...array.data])]));

describe('compile and weights come to the History that Keras computes', () => {
  it.each([
    'c07_aux_two_outputs', // losses, weights and metrics by output
    'c12a_sample_weight', // and weighted_metrics
    'c12b_class_weight',
    'c12c_temporal_weight', // sample_weight_mode
    'c12e_validation_weights',
    'c12f_initial_epoch',
  ])('%s', async (name) => {
    const golden = await uploadGolden(api, name);
    const { history } = await train(golden.request);
    expect(Object.keys(history).sort()).toEqual(Object.keys(golden.history).sort());
    for (const [metric, values] of Object.entries(golden.history)) {
      values.forEach((value, epoch) => expect(Math.abs((history[metric]?.[epoch] as number) - value), `${metric} of epoch ${epoch}`).toBeLessThan(1e-4));
    }
  });
});

describe('one thing in several spellings', () => {
  const layer = (name: string, class_name: string, config: object, from: string[] = []) => ({ name, class_name, config: { name, ...config }, inbound_nodes: from.length === 0 ? [] : [from.map((source) => [source, 0, 0, {}])] });
  const twoOutputs = {
    class_name: 'Model',
    keras_version: '2.0.8',
    config: {
      name: 'two',
      layers: [
        layer('in', 'InputLayer', { batch_input_shape: [null, 8], dtype: 'float32' }),
        layer('a', 'Dense', { units: 1, activation: 'sigmoid' }, ['in']),
        layer('b', 'Dense', { units: 2, activation: 'softmax' }, ['in']),
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['a', 0, 0], ['b', 0, 0]],
    },
  };
  const { x, y } = twoClasses(60);
  const weights: NdArray = { dtype: 'float32', shape: [60], data: Float32Array.from({ length: 60 }, (_, i) => 1 + (i % 3)) };
  beforeAll(() => api.upload('two-outputs.npz', encodeNpz([['x', x], ['y', y], ['w', weights], ['ones', { ...weights, data: new Float32Array(60).fill(1) }]])));
  const job = (changes: { compile?: object; source?: object; fit?: object }) => ({
    model: twoOutputs,
    seed: 3,
    compile: { optimizer: 'sgd', loss: ['binary_crossentropy', 'sparse_categorical_crossentropy'], ...changes.compile },
    data: { train: { uri: 'files/two-outputs.npz', x: 'x', y: ['y', 'y'], ...changes.source } },
    fit: { epochs: 2, batch_size: 20, ...changes.fit },
  });

  it('losses, their weights and metrics as lists and by output', async () => {
    const [asLists, byName] = await Promise.all([train(job({ compile: { loss_weights: [1, 0.25], metrics: ['accuracy'] } })), train(job({ compile: { loss: { b: 'sparse_categorical_crossentropy', a: 'binary_crossentropy' }, loss_weights: { b: 0.25 }, metrics: { a: 'accuracy', b: ['accuracy'] } } }))]);
    expect(Object.keys(asLists.history)).toEqual(['loss', 'a_loss', 'b_loss', 'a_acc', 'b_acc']);
    expect(byName.history).toEqual(asLists.history);
    const { history } = await train(job({ compile: { loss: 'mse', weighted_metrics: { a: ['mae'] } }, source: { y: { a: 'y', b: ['y', 'y'] } } }));
    expect(Object.keys(history)).toEqual(['loss', 'a_loss', 'b_loss', 'a_weighted_mean_absolute_error']);
  });

  it('sample weights of one output, and class weights as sample weights', async () => {
    const [plain, ones, weighted, classes] = await Promise.all([
      train(job({})),
      train(job({ source: { sample_weight: { a: 'ones' } } })),
      train(job({ source: { sample_weight: { b: 'w' } } })),
      train(job({ fit: { class_weight: { b: { '0': 2, '1': 2 } } } })),
    ]);
    expect(ones.history).toEqual(plain.history);
    expect(weighted.history['a_loss']?.[0]).toBe(plain.history['a_loss']?.[0]);
    expect(weighted.history['b_loss']?.[0]).toBeGreaterThan(1.5 * (plain.history['b_loss']?.[0] as number));
    expect(classes.history['a_loss']?.[0]).toBe(plain.history['a_loss']?.[0]);
    expect(classes.history['b_loss']?.[0]).toBeGreaterThan(1.5 * (plain.history['b_loss']?.[0] as number));
  });
});

describe("Keras 1's names", () => {
  it('of fit', async () => {
    const { warnings, epoch } = await train(smallJob({ fit: { nb_epoch: 2, batch_size: 100 } as never }));
    expect(warnings).toEqual([{ pointer: '/fit/nb_epoch', detail: "nb_epoch is Keras 1's name: read as epochs" }]);
    expect(epoch).toEqual([0, 1]);
  });

  it('of fit_generator, whose counts were of samples', async () => {
    const { fit: _, ...job } = smallJob();
    const generator = { samples_per_epoch: 190, nb_epoch: 3, nb_val_samples: 100, max_q_size: 3, nb_worker: 1, pickle_safe: true, batch_size: 50 };
    const { warnings, epoch, params } = await train({ ...job, data: { ...job.data, validation: job.data.train }, fit_generator: generator });
    expect(warnings.map(({ pointer }) => pointer)).toEqual(['samples_per_epoch', 'nb_epoch', 'nb_val_samples', 'max_q_size', 'nb_worker', 'pickle_safe'].map((name) => `/fit_generator/${name}`));
    expect(epoch).toEqual([0, 1, 2]);
    expect(params).toMatchObject({ steps: 4, epochs: 3, do_validation: true });
  });
});

describe('fit', () => {
  it('shuffles rows, batches, or nothing', async () => {
    const runs = await Promise.all([true, 'batch' as const, false].map((shuffle) => train(smallJob({ fit: { batch_size: 50, epochs: 2, shuffle } }))));
    expect(new Set(runs.map(({ history }) => JSON.stringify(history))).size).toBe(3);
  });

  it('a stream shuffles too, the same way for the same seed', async () => {
    const { fit: _, ...job } = smallJob();
    const streamed = (shuffle: boolean) => train({ ...job, fit_generator: { batch_size: 50, epochs: 2, shuffle } });
    const [one, other, inOrder] = await Promise.all([streamed(true), streamed(true), streamed(false)]);
    expect(one.history).toEqual(other.history);
    expect(inOrder.history).not.toEqual(one.history);
  });

  it('counts from initial_epoch, and shows as much of it as verbose asks for', async () => {
    const lines = async (verbose: 0 | 1 | 2) => {
      const { id, epoch } = await train(smallJob({ fit: { batch_size: 300, epochs: 5, initial_epoch: 3, verbose } }));
      expect(epoch).toEqual([3, 4]);
      return (await logsOf(id)).map(({ message }) => message);
    };
    expect(await lines(0)).toEqual([]);
    const [first, bar] = await lines(1);
    expect(first).toBe('Epoch 4/5');
    expect(bar).toMatch(/^600\/600 \[={30}\] - \d+s.* - loss: \d\.\d{4} - acc: \d\.\d{4}$/);
    const [head, line] = await lines(2);
    expect(head).toBe('Epoch 4/5');
    expect(line).toMatch(/^\d+s - loss: \d\.\d{4} - acc: \d\.\d{4}$/);
  });

  it('predicts classes as well as probabilities', async () => {
    const { id } = await train(smallJob());
    const instances = [[0, 0, 0, 0, 0, 0, 0, 0], [1, -1, 1, -1, 1, -1, 1, -1]];
    const ask = async (outputs: string) => (await api.call<{ predictions: number[][] }>('POST', `/v1/jobs/${id}/predict`, { instances, outputs })).body.predictions;
    const probabilities = await ask('probabilities');
    expect(await ask('classes')).toEqual(probabilities.map(([p]) => [p! > 0.5 ? 1 : 0]));
  });
});

describe('another model’s weights', () => {
  it('are loaded by name, with what was left out in the log; layers are frozen by glob', async () => {
    const first = await train(smallJob());
    const dense = (name: string, units: number, config: object = {}) => ({ class_name: 'Dense', config: { name, units, activation: 'sigmoid', ...config } });
    const model = { class_name: 'Sequential', config: [dense('dense_1', 32, { batch_input_shape: [null, 8], activation: 'relu' }), dense('new_1', 4), dense('dense_2', 1)] };
    const weights = { job: first.id, by_name: true, skip_mismatch: true };
    const second = await train(smallJob({ model, weights, trainable: { 'dense_*': false, dense_2: true } }));
    const warnings = (await logsOf(second.id)).filter(({ level }) => level === 'warning').map(({ message }) => message);
    expect(warnings).toEqual(['weights: not loaded, since the file has other shapes: dense_2', 'weights: not loaded, since the file has no layer of the name: new_1']);
    const [before, after] = [await layersOf(first.id), await layersOf(second.id)];
    expect(after.get('dense_1')).toEqual(before.get('dense_1'));
    const { id } = await api.submit(smallJob({ model, weights: { job: first.id, by_name: true } }));
    expect((await api.until(id, 'failed')).error).toMatchObject({ code: 'weights_invalid', pointer: expect.stringMatching(/^\/weights/), message: expect.stringMatching(/dense_2\/kernel:0: the file has \[32, 1\], the model needs \[4, 1\]/) });
  });

  it('fine-tuning: another job’s model, its head trained on', async () => {
    const first = await train(smallJob());
    const second = await train({ ...smallJob({ trainable: { dense_1: false } }), model: { job: first.id } });
    expect(second.warnings).toEqual([{ pointer: '/model', detail: "the weights are taken over, the optimizer's state is not" }]);
    const [before, after] = [await layersOf(first.id), await layersOf(second.id)];
    expect(after.get('dense_1')).toEqual(before.get('dense_1'));
    expect(after.get('dense_2')).not.toEqual(before.get('dense_2'));
    expect(second.history['loss']?.[0]).toBeLessThan(first.history['loss']?.[0] as number);
  });
});

describe('RemoteMonitor', () => {
  const withMonitor = (config: object) => smallJob({ fit: { batch_size: 100, epochs: 3 }, callbacks: [{ class_name: 'RemoteMonitor', config }] });

  it('sends every epoch, as Keras does', async () => {
    const { history } = await train(withMonitor({ root: monitorUrl, headers: { 'x-key': 'secret' } }));
    expect(published).toHaveLength(3);
    expect(published[0]).toMatchObject({ path: '/publish/epoch/end/', type: 'application/x-www-form-urlencoded', key: 'secret' });
    const sent = published.map(({ body }) => JSON.parse(new URLSearchParams(body).get('data') ?? '') as Record<string, number>);
    expect(sent).toEqual([0, 1, 2].map((epoch) => ({ epoch, loss: history['loss']?.[epoch], acc: history['acc']?.[epoch] })));
    await train(withMonitor({ root: monitorUrl, path: '/json', send_as_json: true }));
    expect(published.at(-1)).toMatchObject({ path: '/json', type: 'application/json', body: expect.stringMatching(/^{"epoch":2,"loss":0/) });
  });

  it('that reaches nobody, or must not, is a warning and no more', async () => {
    const warningsOf = async (root: string) => {
      const { id } = await train(withMonitor({ root }));
      return (await logsOf(id)).filter(({ level }) => level === 'warning').map(({ message }) => message);
    };
    expect(await warningsOf('http://localhost:9')).toEqual([expect.stringMatching(/^RemoteMonitor: could not reach http:\/\/localhost:9: localhost is not a public address; .*WORKER_OUTBOUND_HOSTS/)]);
    expect(await warningsOf('http://nowhere.invalid')).toEqual([expect.stringMatching(/could not reach http:\/\/nowhere\.invalid: .*nowhere\.invalid/)]);
  });
});

it('TensorBoard only looks: a stateful model trains to the same History with it', async () => {
  const golden = await uploadGolden(api, 'c11b_stateful_lstm');
  const { history } = await train({ ...golden.request, callbacks: [{ class_name: 'TensorBoard', config: { histogram_freq: 1 } }] });
  golden.history['loss']!.forEach((value, epoch) => expect(Math.abs((history['loss']?.[epoch] as number) - value)).toBeLessThan(1e-4));
});

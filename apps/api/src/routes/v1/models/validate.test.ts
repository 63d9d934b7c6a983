import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../testing/api.js';
import { jobBody, model } from '../../../testing/examples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const validate = async (payload: object) => {
  const response = await api.call({ method: 'POST', url: '/v1/models:validate', payload });
  expect(response.statusCode).toBe(200);
  return response.json();
};

test('tells the layers, shapes and parameters of a model alone', async () => {
  expect(await validate({ model })).toEqual({
    valid: true,
    errors: [],
    warnings: [],
    layers: [
      { name: 'dense_1', class_name: 'Dense', output_shapes: [[null, 8]], params: 40 },
      { name: 'dense_2', class_name: 'Dense', output_shapes: [[null, 3]], params: 27 },
    ],
    total_params: 67,
    trainable_params: 67,
    memory: { train_bytes: expect.any(Number), predict_bytes: expect.any(Number) },
  });
});

test('estimates memory by the batch size and the optimizer', async () => {
  const memoryOf = async (changes: object) => (await validate({ ...jobBody, model: wide, ...changes })).memory as { train_bytes: number; predict_bytes: number };
  const wide = { class_name: 'Sequential', config: [{ class_name: 'Dense', config: { name: 'd', units: 3, batch_input_shape: [null, 4_000_000] } }] };
  const small = await memoryOf({ compile: { optimizer: 'sgd', loss: 'mse' } });
  expect(small.train_bytes).toBeGreaterThan(2 * 48e6);
  expect((await memoryOf({ compile: { optimizer: 'adam', loss: 'mse' } })).train_bytes).toBeGreaterThan(small.train_bytes + 2 * 48e6);
  const large = await memoryOf({ compile: { optimizer: 'sgd', loss: 'mse' }, fit: { batch_size: 4096 } });
  expect(large.predict_bytes).toBeGreaterThan(small.predict_bytes);
});

test('checks a whole job', async () => {
  expect(await validate(jobBody)).toMatchObject({ valid: true, total_params: 67 });
  expect(await validate({ ...jobBody, compile: { ...jobBody.compile, loss: 'x' } })).toMatchObject({ valid: false, errors: [{ pointer: '/compile/loss' }], total_params: 67 });
  expect(await validate({ ...jobBody, fitt: {} })).toMatchObject({ valid: false, errors: [{ pointer: '/fitt', code: 'unknown_field' }], total_params: null });
  expect(await validate({ ...jobBody, trainable: { dense_1: false } })).toMatchObject({ valid: true, total_params: 67, trainable_params: 27 });
});

test('a size that nobody has is a number, not an attempt', async () => {
  const huge = structuredClone(model);
  huge.config[1]!.config.units = 1e15;
  const answer = await validate({ model: huge });
  expect(answer).toMatchObject({ valid: false, errors: [{ pointer: '/model', code: 'model_invalid' }] });
  expect(answer.total_params).toBeGreaterThan(9e15);
});

describe('what is wrong is told by its place', () => {
  const dense = (name: string, config: object = {}) => ({ class_name: 'Dense', config: { name, units: 4, ...config } });
  const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' });
  const input = { batch_input_shape: [null, 4] };
  const one = (config: object) => ({ model: sequential(dense('d', { ...input, ...config })) });
  const conv = (config: object) => ({ model: sequential({ class_name: 'Conv2D', config: { name: 'c', filters: 2, kernel_size: [3, 3], batch_input_shape: [null, 8, 8, 3], ...config } }) });
  const functional = (changes: object) => ({
    model: {
      class_name: 'Model',
      config: {
        name: 'm',
        layers: [
          { name: 'i', class_name: 'InputLayer', config: { name: 'i', batch_input_shape: [null, 4], dtype: 'float32' }, inbound_nodes: [] },
          { name: 'd', ...dense('d'), inbound_nodes: [[['i', 0, 0, {}]]] },
        ],
        input_layers: [['i', 0, 0]],
        output_layers: [['d', 0, 0]],
        ...changes,
      },
    },
  });
  const layers = '/model/config';
  const lstm = (config: object) => ({ model: sequential({ class_name: 'LSTM', config: { name: 'l', units: 3, batch_input_shape: [null, 5, 2], ...config } }) });
  const job = (changes: object) => ({ ...jobBody, ...changes });
  const compile = (changes: object) => job({ compile: { ...jobBody.compile, ...changes } });
  const train = (changes: object) => job({ data: { train: { ...jobBody.data.train, ...changes } } });
  const callback = (class_name: string, config: object) => job({ callbacks: [{ class_name, config }] });

  test.each<[string, object, string, RegExp]>([
    ['units', one({ units: 0 }), `${layers}/0/config/units`, /integer of at least 1, received 0/],
    ['an activation', one({ activation: 'rleu' }), `${layers}/0/config/activation`, /rleu/],
    ['an initializer', one({ kernel_initializer: { class_name: 'Glorot' } }), `${layers}/0/config/kernel_initializer`, /Glorot/],
    ['a regularizer', one({ kernel_regularizer: { class_name: 'L1L2', config: { l1: 'much' } } }), `${layers}/0/config/kernel_regularizer/config/l1`, /"much"/],
    ['a constraint', one({ kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 'two' } } }), `${layers}/0/config/kernel_constraint/config/max_value`, /"two"/],
    ['a flag', one({ use_bias: 'yes' }), `${layers}/0/config/use_bias`, /true or false, received "yes"/],
    ['a kernel', conv({ kernel_size: [3, -1] }), `${layers}/0/config/kernel_size`, /\[3,-1\]/],
    ['a kernel larger than the image', conv({ kernel_size: [9, 9] }), `${layers}/0/config`, /kernel of \(9, 9\) does not fit/],
    ['padding', conv({ padding: 'half' }), `${layers}/0/config/padding`, /"half"/],
    ['a data format', conv({ data_format: 'last' }), `${layers}/0/config/data_format`, /"last"/],
    ['a stateful layer without a batch size', lstm({ stateful: true }), `${layers}/0/config`, /batch size/],
    ['an unknown layer', { model: sequential(dense('d', input), { class_name: 'Danse', config: { name: 'x' } }) }, `${layers}/1/class_name`, /unknown layer "Danse"/],
    ['a Lambda', { model: sequential(dense('d', input), { class_name: 'Lambda', config: { name: 'x', function: ['4wE=', null, null] } }) }, `${layers}/1`, /Lambda/],
    ['two layers of one name', { model: sequential(dense('d', input), dense('d')) }, `${layers}/1`, /no other layer of the model has, received "d"/],
    ['no input shape', { model: sequential(dense('d')) }, `${layers}/0/config/batch_input_shape`, /shape of the model's input/],
    ['shapes that do not fit', { model: sequential(dense('d', input), { class_name: 'Conv2D', config: { name: 'c', filters: 2, kernel_size: [3, 3] } }) }, `${layers}/1/config`, /expected an input of 4 dimensions, received \(None, 4\)/],
    ['a call of what is not there', functional({ output_layers: [['e', 0, 0]] }), `${layers}/output_layers/0/0`, /"e"/],
    ['an input that is not there', functional({ input_layers: [['j', 0, 0]] }), `${layers}/input_layers/0/0`, /"j"/],
    ['text that is no JSON', { model: '{"class_name"' }, '/model', /JSON/],
    ['YAML that is none', { model: { yaml: 'a: [' } }, '/model/yaml', /YAML|flow/i],
    ['a version', { model: { ...sequential(dense('d', input)), keras_version: '4.0' } }, '/model/keras_version', /Keras 1, 2 or 3/],
    ['an optimizer', compile({ optimizer: 'sgdd' }), '/compile/optimizer', /sgdd/],
    ['an argument of an optimizer', compile({ optimizer: { class_name: 'SGD', config: { momentun: 0.9 } } }), '/compile/optimizer/config/momentun', /momentun|momentum/],
    ['a value of an optimizer', compile({ optimizer: { class_name: 'SGD', config: { lr: 'fast' } } }), '/compile/optimizer/config/lr', /"fast"/],
    ['a loss', compile({ loss: 'entropy' }), '/compile/loss', /entropy/],
    ['a loss of an output that is not there', compile({ loss: { out: 'mse' } }), '/compile/loss/out', /dense_2/],
    ['losses too many', compile({ loss: ['mse', 'mse'] }), '/compile/loss', /dense_2/],
    ['a metric', compile({ metrics: ['acuracy'] }), '/compile/metrics/0', /acuracy/],
    ['a weight that is no number', compile({ loss_weights: ['1'] }), '/compile/loss_weights/0', /number/],
    ['weights in time without time', compile({ sample_weight_mode: 'temporal' }), '/compile/sample_weight_mode', /time/],
    ['an input of data', train({ x: { image: 'x' } }), '/data/train/x/image', /dense_1_input/],
    ['options of another format', train({ format: 'parquet', csv: {} }), '/data/train/csv', /the files are parquet: expected no options for csv/],
    ['options of another format than the suffix tells', train({ uri: 'files/a.tfrecord', csv: {} }), '/data/train/csv', /the files are tfrecord/],
    ['an option', train({ uri: 'files/a.csv', csv: { sep: ';' } }), '/data/train/csv/sep', /there is no such field/],
    ['a suffix that tells nothing', train({ uri: ['files/a.npz', 'files/b.dat'] }), '/data/train/format', /give "format"/],
    ['a transform', train({ transforms: [{ normalize: {} }] }), '/data/train/transforms/0/normalize', /no such field; expected one of to_categorical, rescale/],
    ['a monitor’s mode', callback('EarlyStopping', { mode: 'up' }), '/callbacks/0/config/mode', /"up"/],
    ['a schedule', callback('LearningRateScheduler', { schedule: { class_name: 'Sawtooth' } }), '/callbacks/0/config/schedule', /Sawtooth/],
  ])('%s', async (_name, payload, pointer, detail) => {
    const answer = await validate(payload);
    expect(answer.valid).toBe(false);
    expect(answer.errors).toEqual([{ pointer, code: expect.any(String), detail: expect.stringMatching(detail) }]);
  });

  test('and all of it at once', async () => {
    const answer = await validate(job({ compile: { optimizer: 'sgd', loss: 'x' }, data: { train: { uri: 'files/a.dat' }, validation: { uri: 'files/a.npz', y: { z: 'y' } } }, trainable: { conv: false }, callbacks: [{ class_name: 'LearningRateScheduler', config: { schedule: { class_name: 'S' } } }] }));
    expect(answer.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(['/callbacks/0/config/schedule', '/compile/loss', '/data/train/format', '/data/validation/y/z', '/trainable/conv']);
    expect(answer.total_params).toBe(67);
  });
});

test('creates nothing', async () => {
  const { rows } = await api.scratch.sql.query('SELECT 1 FROM jobs');
  expect(rows).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { ApiError } from '../errors/api-error.js';
import { toJobSpec, JobSpec } from '../job/job-spec.js';
import { resolveSource } from './job-source.js';
import { parseJobRequest } from './parse-job-request.js';
import { keepEverything, settleRetention } from './retention.js';

const minimal = () => ({
  model: { class_name: 'Sequential', config: [] },
  compile: { optimizer: 'sgd', loss: 'mse' },
  data: { train: { uri: 'files/train.npz' } },
});

function refusal(body: unknown): ApiError {
  try {
    parseJobRequest(body);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

/** A request with one value replaced. */
const withValue = (path: string, value: unknown) => {
  const body: Record<string, unknown> = structuredClone(minimal());
  const keys = path.split('.');
  let target = body;
  for (const key of keys.slice(0, -1)) target = (target[key] ??= {}) as Record<string, unknown>;
  target[keys.at(-1)!] = value;
  return body;
};

describe('defaults', () => {
  test("are Keras 2.0's", () => {
    const { request, warnings } = parseJobRequest(withValue('fit', {}));
    expect(warnings).toEqual([]);
    expect(request.fit).toEqual({
      batch_size: 32,
      epochs: 1,
      validation_split: 0,
      shuffle: true,
      class_weight: null,
      initial_epoch: 0,
      steps_per_epoch: null,
      validation_steps: null,
      verbose: 1,
    });
    expect(request.limits).toEqual({ max_runtime_s: null, max_attempts: 5 });
    expect(request.compile?.metrics).toEqual([]);
  });

  test('fill callbacks, with and without a config', () => {
    const { request } = parseJobRequest({
      ...minimal(),
      callbacks: [{ class_name: 'TerminateOnNaN' }, { class_name: 'EarlyStopping', config: { patience: 2 } }],
    });
    expect(request.callbacks).toEqual([
      { class_name: 'TerminateOnNaN', config: {} },
      { class_name: 'EarlyStopping', config: { monitor: 'val_loss', min_delta: 0, patience: 2, verbose: 0, mode: 'auto' } },
    ]);
  });

  test('a spec has fit when the request names neither fit nor fit_generator, and parses again as it is', () => {
    const { request } = parseJobRequest(minimal());
    const spec = toJobSpec(request, { seed: 1, architecture: {}, weights: [], compile: request.compile!, data: { train: resolveSource(request.data.train, undefined), validation: null }, retention: keepEverything });
    expect(spec.fit?.epochs).toBe(1);
    expect(spec.fit_generator).toBeNull();
    expect(JobSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });
});

describe('refusals name the place, what was expected and what came', () => {
  test.each([
    ['epochz', 1, '/epochz', 'unknown_field', 'there is no such field'],
    ['fit.epoch', 1, '/fit/epoch', 'unknown_field', 'there is no such field'],
    ['fit.epochs', 'ten', '/fit/epochs', 'invalid_type', 'expected a number, received "ten"'],
    ['fit.epochs', 1.5, '/fit/epochs', 'invalid_type', 'expected an integer, received 1.5'],
    ['fit.validation_split', 1, '/fit/validation_split', 'out_of_range', 'expected less than 1, received 1'],
    ['fit.batch_size', 0, '/fit/batch_size', 'out_of_range', 'expected at least 1, received 0'],
    ['compile.optimizer', 3, '/compile/optimizer', 'invalid_type', 'expected a string or an object, received 3'],
    ['compile.optimizer', { name: 'sgd', class_name: 'SGD' }, '/compile/optimizer/name', 'unknown_field', 'there is no such field'],
    ['compile.loss', undefined, '/compile/loss', 'required', 'is required'],
    ['data.train.uri', 'http://x/y.npz', '/data/train/uri', 'invalid_value', 'expected "files/<path>" or "s3://<bucket>/<key>", received "http://x/y.npz"'],
    ['data.train.format', 'xml', '/data/train/format', 'invalid_value', /^expected "npz" or "npy" .*received "xml"$/],
    ['data.train.transforms', [{ rescale: { column: 'x' } }], '/data/train/transforms/0/rescale/scale', 'required', 'is required'],
    ['resources.device', 'tpu', '/resources/device', 'invalid_value', /expected "auto", "cpu"/],
    ['callbacks', [{ class_name: 'EarlyStopping', config: { patiense: 1 } }], '/callbacks/0/config/patiense', 'unknown_field', 'there is no such field'],
    ['callbacks', [{ class_name: 'LambdaCallback' }], '/callbacks/0/class_name', 'invalid_value', /^expected one of ModelCheckpoint, .*received "LambdaCallback"$/],
    ['callbacks', [{ class_name: 'RemoteMonitor', config: { root: 'ftp://a' } }], '/callbacks/0/config/root', 'invalid_value', 'expected an http or https URL, received "ftp://a"'],
    ['callbacks', [{ class_name: 'RemoteMonitor', config: { headers: { Host: 'a' } } }], '/callbacks/0/config/headers/Host', 'invalid_value', 'expected a header other than those that every request has, received "Host"'],
    ['fit.class_weight', { cat: 1 }, '/fit/class_weight/cat', 'invalid_value', 'expected a class number, received "cat"'],
    ['callbacks', [{ class_name: 'RemoteMonitor', config: { headers: { 'x-a': 'a\r\nb: c' } } }], '/callbacks/0/config/headers/x-a', 'invalid_value', /without control characters/],
    ['metadata', { team: 3 }, '/metadata/team', 'invalid_type', 'expected a string, received 3'],
    ['name', 'a\0b', '/name', 'invalid_value', 'expected text without control characters, received "a\\u0000b"'],
    ['metadata', { k: '\ud800' }, '/metadata/k', 'invalid_value', /without control characters/],
    ['model', 3, '/model', 'invalid_type', /expected a string or an object, received 3/],
    ['trainable', { 'block/1': 'no' }, '/trainable/block~11', 'invalid_type', 'expected a boolean, received "no"'],
  ])('%s = %j', (path, value, pointer, code, detail) => {
    const error = refusal(withValue(path, value));
    expect(error.code).toBe('invalid_request');
    expect(error.errors).toHaveLength(1);
    expect(error.errors[0]).toMatchObject({ pointer, code });
    if (typeof detail === 'string') expect(error.errors[0]?.detail).toBe(detail);
    else expect(error.errors[0]?.detail).toMatch(detail);
  });

  test('all of them at once', () => {
    const error = refusal({ ...minimal(), data: {}, fit: { batch_size: -1 } });
    expect(error.errors.map(({ pointer }) => pointer).sort()).toEqual(['/data/train', '/fit/batch_size']);
    expect(error.detail).toContain('(and 1 more)');
  });

  test('a body that is no object', () => {
    expect(refusal([]).errors).toEqual([{ pointer: '', code: 'invalid_type', detail: 'expected an object, received []' }]);
  });

  test('fit and fit_generator together', () => {
    expect(refusal({ ...minimal(), fit: {}, fit_generator: {} }).errors[0]).toMatchObject({ pointer: '/fit_generator', code: 'invalid_value' });
  });

  test('an initial_epoch beyond epochs', () => {
    expect(refusal(withValue('fit', { epochs: 2, initial_epoch: 3 })).errors[0]?.pointer).toBe('/fit/initial_epoch');
  });
});

describe("Keras 1's names", () => {
  test('are read as those of Keras 2, with a warning each', () => {
    const { request, warnings } = parseJobRequest({
      ...minimal(),
      fit_generator: { samples_per_epoch: 100, nb_epoch: 3, nb_val_samples: 33, max_q_size: 4, nb_worker: 2, pickle_safe: true, batch_size: 16 },
    });
    expect(request.fit_generator).toMatchObject({ steps_per_epoch: 7, epochs: 3, validation_steps: 3, max_queue_size: 4, workers: 2, batch_size: 16 });
    expect(warnings.map(({ pointer }) => pointer)).toEqual(
      ['samples_per_epoch', 'nb_epoch', 'nb_val_samples', 'max_q_size', 'nb_worker', 'pickle_safe'].map((name) => `/fit_generator/${name}`),
    );
  });

  test('together with their successors are refused', () => {
    expect(refusal(withValue('fit', { nb_epoch: 3, epochs: 3 })).errors).toEqual([
      { pointer: '/fit/nb_epoch', code: 'invalid_value', detail: 'expected either nb_epoch or epochs, received both' },
    ]);
  });

  test('of fit_generator are unknown in fit', () => {
    expect(refusal(withValue('fit', { samples_per_epoch: 100 })).errors[0]).toMatchObject({ pointer: '/fit/samples_per_epoch', code: 'unknown_field' });
  });
});

describe('retention', () => {
  const server = { keep_last_checkpoints: 5, delete_after_days: 30 };
  test.each([
    [{}, server],
    [{ keep_last_checkpoints: 1 }, { keep_last_checkpoints: 1, delete_after_days: 30 }],
    [{ keep_last_checkpoints: null, delete_after_days: null }, keepEverything],
  ])('%j over the server’s is %j', (retention, settled) => {
    expect(settleRetention(parseJobRequest(withValue('retention', retention)).request.retention, server)).toEqual(settled);
  });

  test('keeps one checkpoint at least, and a job for a day', () => {
    const pointers = ['/retention/keep_last_checkpoints', '/retention/delete_after_days'];
    expect(refusal(withValue('retention', { keep_last_checkpoints: 0, delete_after_days: 0.5 })).errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('a webhook', () => {
  const events = ['job.failed'];
  test('is an address and what it is to be told', () => {
    const webhook = { url: 'https://example.org/hook?token=1', events: ['job.failed', 'job.running'] };
    expect(parseJobRequest(withValue('webhook', webhook)).request.webhook).toEqual(webhook);
  });

  test.each([
    [{ url: 'ftp://example.org', events }, '/webhook/url', /expected an http or https URL/],
    [{ url: 'example.org/hook', events }, '/webhook/url', /expected an http or https URL/],
    [{ url: 'https://me:secret@example.org', events }, '/webhook/url', /without user and password/],
    [{ url: 'https://example.org', events: [] }, '/webhook/events', /at least 1/],
    [{ url: 'https://example.org', events: ['job.ended'] }, '/webhook/events/0', /"job.failed"/],
  ])('%j is refused', (webhook, pointer, detail) => {
    const { errors } = refusal(withValue('webhook', webhook));
    expect(errors.map((issue) => issue.pointer)).toEqual([pointer]);
    expect(errors[0]!.detail).toMatch(detail);
  });
});

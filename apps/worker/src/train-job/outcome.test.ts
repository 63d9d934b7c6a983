import { DatabaseUnavailableError, FencedError } from '@trainyard/database';
import { DataError } from '@trainyard/dataset';
import { ModelDataError, NanLossError } from '@trainyard/engine';
import { FormatError } from '@trainyard/keras-format';
import { ObjectNotFoundError, ObjectStoreUnavailableError } from '@trainyard/object-store';
import { TensorFlowError } from '@trainyard/tensorflow';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './outcome.js';
import { PlacedError, inPart } from './placed-error.js';
import { InterruptedError } from './wishes.js';

const at = (pointer: string, error: Error): PlacedError => new PlacedError(pointer, error);

describe('the user learns what to change', () => {
  it.each([
    ['a layer', at('/model', new FormatError('unknown_layer', '/config/0/class_name', 'unknown layer "X"')), 'model_invalid', '/model/config/0/class_name'],
    ['an optimizer', at('/compile', new FormatError('unknown', '/compile/optimizer', 'unknown optimizer')), 'compile_invalid', '/compile/optimizer'],
    ['weights', at('/weights/0', new FormatError('weight_shape', 'dense_1/kernel:0', 'the file has [1], the model needs [2]')), 'weights_invalid', '/weights/0'],
    ['a callback', new FormatError('invalid_config', '/callbacks/0/config/filepath', 'unknown name'), 'invalid_request', '/callbacks/0/config/filepath'],
    ['a file', at('/data/train', new DataError('files/a.npz', 'there is no such file', { code: 'data_not_found', pointer: '/uri' })), 'data_not_found', '/data/train/uri'],
    ['a value', at('/data/train', new DataError('files/a.csv, row 3', 'expected a number')), 'data_invalid', '/data/train'],
    ['a shape', at('/data/validation', new ModelDataError('wrong_shape', 'x', 'expected (None, 3)')), 'data_invalid', '/data/validation'],
    ['a batch', new ModelDataError('value_out_of_range', 'x', 'expected integers'), 'data_invalid', '/data/train'],
    ['the loss', new NanLossError(3, NaN), 'nan_loss', null],
    ['a checkpoint', at('/weights/0', new ObjectNotFoundError('k')), 'data_not_found', '/weights/0'],
    ['memory of the host', new TensorFlowError('step "train"', 8, 'OOM when allocating tensor with shape[9] on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu'), 'oom_host', null],
    ['memory of a GPU', new TensorFlowError('step "train"', 8, 'OOM when allocating tensor with shape[9] on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc'), 'oom_gpu', null],
  ])('%s', (_, error, code, pointer) => {
    expect(outcomeOf(error)).toMatchObject({ status: 'failed', error: { code, pointer, message: error.message, retryable: false } });
  });
});

describe("the machine's fault puts the job back on the queue", () => {
  it.each([
    ['the database', new DatabaseUnavailableError('away'), 'database_unavailable'],
    ['the storage', new ObjectStoreUnavailableError('away'), 'storage_unavailable'],
    ['the storage under the data', at('/data/train', new ObjectStoreUnavailableError('away')), 'storage_unavailable'],
    ['a snapshot that is gone', new ObjectNotFoundError('projects/p/jobs/j/snapshots/s.h5'), 'storage_unavailable'],
    ['a snapshot that is broken', new FormatError('not_hdf5', 'the file', 'expected a whole HDF5 file'), 'internal_error'],
    ['TensorFlow', new TensorFlowError('step "train"', 13, 'internal'), 'runtime_unavailable'],
    ['anything else', new TypeError('x is not a function'), 'internal_error'],
    ['what is no error', 'text', 'internal_error'],
  ])('%s', (_, error, code) => {
    expect(outcomeOf(error)).toMatchObject({ status: 'queued', fault: { code, retryable: true } });
  });
});

it('an interruption does what was wanted, also where it broke off a stage', async () => {
  expect(outcomeOf(new InterruptedError('cancel'))).toEqual({ status: 'cancelled' });
  expect(outcomeOf(new InterruptedError('pause'))).toEqual({ status: 'paused' });
  expect(outcomeOf(at('/data/train', new InterruptedError('drain')))).toEqual({ status: 'queued', reason: 'drained' });
});

it('an attempt that does not hold its job any more has no say', () => {
  expect(outcomeOf(new FencedError('job', 1))).toBeUndefined();
});

it('an error keeps the innermost part that it is about', async () => {
  const nested = inPart('/outer', () => inPart('/inner', () => Promise.reject(new Error('x'))));
  await expect(nested).rejects.toMatchObject({ pointer: '/inner', message: 'x' });
});

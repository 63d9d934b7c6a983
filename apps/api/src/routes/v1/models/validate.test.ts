import { afterAll, beforeAll, expect, test } from 'vitest';
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
  });
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

test('creates nothing', async () => {
  const { rows } = await api.scratch.sql.query('SELECT 1 FROM jobs');
  expect(rows).toEqual([]);
});

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDataset } from '@trainyard/dataset';
import { parseModel } from '@trainyard/keras-format';
import { sizeOf } from '@trainyard/ndarray';
import { openFilesystemStore } from '@trainyard/object-store';
import { DatasetBody, parseJobRequest, resolveSource } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { exampleNames } from '../../examples/make-data.mjs';
import { readDataset, readJob, withDataset } from '../../examples/run.mjs';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const names = (await readdir(examples, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
/** The one that has a spec.json and a model.json, as `trainyard train` takes them; the others have a job.json. */
const withData = ['digits'];

test('every example is there to be run', () => {
  expect(names.sort()).toEqual([...withData, ...exampleNames].sort());
});

test.each(exampleNames)('the example %s is a job that can be posted', async (name) => {
  const dataset = await readDataset(name);
  if (dataset !== undefined) expect(DatasetBody.parse(dataset).name).toBe(name);
  const { request, warnings } = parseJobRequest(withDataset(await readJob(name), 'ds_01M8HTP56R1YGVX621EK73ZW2N'));
  expect(warnings).toEqual([]);
  expect(request.name).toBe(name);
  expect(parseModel(JSON.stringify(request.model))).toMatchObject({ kerasVersion: '2.0.8' });
});

test.each(withData)('the example %s is a job that fits its data', async (name) => {
  const text = (file: string) => readFile(join(examples, name, file), 'utf8');
  const { request, warnings } = parseJobRequest({ ...JSON.parse(await text('spec.json')), model: JSON.parse(await text('model.json')) });
  expect(warnings).toEqual([]);
  const model = parseModel(await text('model.json'));
  expect(model).toMatchObject({ className: 'Sequential', kerasVersion: '2.0.8' });

  const directory = await mkdtemp(join(tmpdir(), 'trainyard-example-'));
  try {
    const store = await openFilesystemStore(directory);
    for (const file of await readdir(join(examples, name))) await store.put(`projects/p/files/${file}`, await readFile(join(examples, name, file)));
    const source = resolveSource(request.data.train, undefined);
    const dataset = await openDataset(source, { resolve: (uri) => ({ store, prefix: `projects/p/${uri}` }), inputs: ['input'], outputs: ['output'] });
    const { x, y } = await dataset.load();
    const [inputs, targets] = [x[0]!, y[0]!];
    expect([null, ...inputs.shape.slice(1)]).toEqual(model.layers[0]!.config['batch_input_shape']);
    expect(targets.shape.slice(1)).toEqual([model.layers.at(-1)!.config['units']]);
    expect(targets.shape[0]).toBe(inputs.shape[0]);

    // Scaled as networks like it, and every class in both parts of the split.
    const values = Array.from(inputs.data, Number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(1);
    const classes = sizeOf(targets.shape.slice(1));
    const rows = targets.shape[0]!;
    const first = Math.floor(rows * (1 - request.fit!.validation_split));
    for (let label = 0; label < classes; label++) {
      const count = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => Number(targets.data[(from + i) * classes + label])).reduce((a, b) => a + b, 0);
      expect(count(0, first)).toBeGreaterThan(10);
      expect(count(first, rows)).toBeGreaterThan(10);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

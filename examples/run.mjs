/*
 * Runs examples on a server: makes and uploads their data, posts their jobs, waits, predicts, downloads the checkpoints.
 *
 *   eval "$(npx trainyard env)"; node examples/run.mjs [case …]
 */
import { Buffer } from 'node:buffer';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@trainyard/client';
import { decodeNpz, encodeNpz, sliceRows } from '@trainyard/ndarray';
import { exampleNames, makeData, realExamples } from './make-data.mjs';

const folder = import.meta.dirname;
const rows = 8;
/** Uploads at the same time: small files wait for answers most of the time. */
const atOnce = 8;

const readJson = async (...parts) => JSON.parse(await readFile(path.join(folder, ...parts), 'utf8'));

/** The body of `POST /v1/jobs` of an example. Where its sources name a dataset, that is still to be made: `withDataset`. */
export const readJob = (name) => readJson(name, 'job.json');

/** The body of `POST /v1/datasets` of an example; `undefined` where it has none. */
export const readDataset = (name) =>
  readJson(name, 'dataset.json').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });

/** A job whose sources take this dataset where they name one. */
export function withDataset(job, dataset) {
  const named = Object.entries(job.data).map(([role, source]) => [role, source.dataset === undefined ? source : { ...source, dataset }]);
  return { ...job, data: Object.fromEntries(named) };
}

/**
 * Uploads an example's data, has its dataset scanned if it has one, and trains its job.
 *
 * @param {Client} client
 * @param {string} name
 * @returns the files that were uploaded, the job's body, the job at its end, and its History.
 */
export async function trainExample(client, name) {
  const files = await makeData(name);
  await upload(client, `examples/${name}`, files);
  const body = await jobOf(client, name);
  const created = await client.jobs.create(body);
  const job = await client.jobs.finished(created.id);
  if (job.status !== 'succeeded') throw new Error(`${name}: ${job.status}: ${JSON.stringify(job.error)}`);
  const { history } = await client.jobs.history(job.id);
  return { files, body, job, history };
}

async function upload(client, to, files) {
  const queue = files.entries();
  const send = async () => {
    for (const [file, content] of queue) await client.files.put(`${to}/${file}`, content);
  };
  await Promise.all(Array.from({ length: atOnce }, send));
}

async function jobOf(client, name) {
  const [job, dataset] = await Promise.all([readJob(name), readDataset(name)]);
  if (dataset === undefined) return job;
  const created = await client.datasets.create(dataset);
  const { id, status, error } = await client.datasets.scanned(created.id);
  if (status !== 'ready') throw new Error(`${name}: its dataset ${id} is ${status}: ${JSON.stringify(error)}`);
  return withDataset(job, id);
}

/**
 * Runs one example to its end. Its final checkpoint is uploaded again, as `files/examples/<name>/final.h5`, where other
 * examples take weights from.
 *
 * @param {Client} client
 * @param {string} name
 * @returns the job, its History, predictions for the first rows, and the final checkpoint's bytes.
 */
export async function runExample(client, name) {
  const { files, body, job, history } = await trainExample(client, name);
  const predictions = await (realExamples.includes(name) ? predictRaw(client, name, job, files) : predictArrays(client, body, job, files));
  const download = await client.jobs.downloadCheckpoint(job.id, 'final');
  const chunks = [];
  for await (const chunk of download.body) chunks.push(chunk);
  const checkpoint = Buffer.concat(chunks);
  await client.files.put(`examples/${name}/final.h5`, checkpoint);
  return { job, history, predictions, checkpoint };
}

/**
 * Rows as they are in the files: the server makes of them what it made when it trained.
 *
 * @returns {Promise<Map<string, import('@trainyard/ndarray').NdArray>>}
 */
async function predictRaw(client, name, job, files) {
  const { rawRows } = await import(`./${name}/make-data.mjs`);
  const { predictions } = await client.jobs.predict(job.id, { raw: true, instances: await rawRows(files, rows) });
  const data = Float32Array.from(predictions.flat());
  return new Map([['output', { dtype: 'float32', shape: [predictions.length, data.length / predictions.length], data }]]);
}

async function predictArrays(client, body, job, files) {
  const arrays = firstRows(body.data.train, decodeNpz(files.get('train.npz')));
  return decodeNpz(await client.jobs.predictNpz(job.id, encodeNpz(arrays)));
}

/**
 * The first rows of a source as the model sees them: by the names of its inputs, scaled.
 *
 * @param {{ x: string | Record<string, string>, transforms?: Record<string, any>[] }} source
 * @param {Map<string, import('@trainyard/ndarray').NdArray>} arrays of its file
 * @returns {[string, import('@trainyard/ndarray').NdArray][]}
 */
export function firstRows({ x, transforms = [] }, arrays) {
  const inputs = typeof x === 'string' ? [[x, x]] : Object.entries(x);
  return inputs.map(([input, column]) => {
    const array = sliceRows(arrays.get(column), 0, rows);
    const rescale = transforms.find((transform) => transform.rescale?.column === column)?.rescale;
    return [input, { dtype: 'float32', shape: array.shape, data: Float32Array.from(array.data, (value) => value * (rescale?.scale ?? 1)) }];
  });
}

if (process.argv[1] === import.meta.filename) {
  const client = new Client({ url: process.env.TRAINYARD_URL ?? 'http://127.0.0.1:8000', apiKey: process.env.TRAINYARD_API_KEY || undefined });
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : exampleNames) {
    const { job, history, predictions, checkpoint } = await runExample(client, name);
    await mkdir('checkpoints', { recursive: true });
    await writeFile(path.join('checkpoints', `${name}.h5`), checkpoint);
    const last = Object.entries(history).map(([metric, values]) => `${metric} ${values.at(-1).toFixed(4)}`);
    const outputs = [...predictions].map(([output, { shape }]) => `${output} ${shape.join('×')}`);
    console.log(`${name}: ${job.id} ${job.status}, ${last.join(', ')}; predicted ${outputs.join(', ')}; checkpoints/${name}.h5`);
  }
}

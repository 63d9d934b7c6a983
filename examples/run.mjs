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
import { exampleNames, makeData } from './make-data.mjs';

const folder = import.meta.dirname;
const rows = 8;

/** The body of `POST /v1/jobs` of an example. */
export const readJob = async (name) => JSON.parse(await readFile(path.join(folder, name, 'job.json'), 'utf8'));

/**
 * Runs one example to its end. Its final checkpoint is uploaded again, as `files/examples/<name>/final.h5`, where other
 * examples take weights from.
 *
 * @param {Client} client
 * @param {string} name
 * @returns the job, its History, predictions for the first rows, and the final checkpoint's bytes.
 */
export async function runExample(client, name) {
  const data = makeData(name);
  for (const [file, arrays] of data) await client.files.put(`examples/${name}/${file}`, encodeNpz(Object.entries(arrays)));
  const body = await readJob(name);
  const created = await client.jobs.create(body);
  const job = await client.jobs.finished(created.id);
  if (job.status !== 'succeeded') throw new Error(`${name}: ${job.status}: ${JSON.stringify(job.error)}`);
  const { history } = await client.jobs.history(job.id);
  const predictions = decodeNpz(await client.jobs.predictNpz(job.id, encodeNpz(firstRows(body.data.train, data.get('train.npz')))));
  const download = await client.jobs.downloadCheckpoint(job.id, 'final');
  const chunks = [];
  for await (const chunk of download.body) chunks.push(chunk);
  const checkpoint = Buffer.concat(chunks);
  await client.files.put(`examples/${name}/final.h5`, checkpoint);
  return { job, history, predictions, checkpoint };
}

/**
 * The first rows of a source as the model sees them: by the names of its inputs, scaled.
 *
 * @returns {[string, import('@trainyard/ndarray').NdArray][]}
 */
export function firstRows({ x, transforms = [] }, arrays) {
  const inputs = typeof x === 'string' ? [[x, x]] : Object.entries(x);
  return inputs.map(([input, column]) => {
    const array = sliceRows(arrays[column], 0, rows);
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

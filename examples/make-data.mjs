/*
 * Makes the data of the examples that have a job.json: synthetic, from a fixed seed, something that the model can learn;
 * those on real data have a make-data.mjs of their own.
 *
 *   node examples/make-data.mjs [case …]      writes them into examples/<case>/
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeNpz } from '@trainyard/ndarray';

const folder = import.meta.dirname;

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const types = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
const array = (dtype, shape, valueAt) => ({ dtype, shape, data: types[dtype].from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => valueAt(i)) });
const below = (random, limit) => Math.floor(random() * limit);
/** One integer a row. */
const labels = (count, labelOf) => array('int32', [count], labelOf);
const rowSum = ({ shape, data }, row) => {
  const size = data.length / shape[0];
  return data.subarray(row * size, (row + 1) * size).reduce((a, b) => a + b, 0);
};
/** Of a row's first `count` values the largest one's place. */
const largest = ({ shape, data }, row, count) => {
  const start = (row * data.length) / shape[0];
  const values = [...data.subarray(start, start + count)];
  return values.indexOf(Math.max(...values));
};
/** Pixels that are brighter the higher the row's class. */
const images = (random, shape, classes, count) => {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  return array('uint8', shape, (i) => Math.floor(random() * 128) + (classes.data[Math.floor(i / size)] * 127) / (count - 1));
};

function twoClasses(seed, rows) {
  const random = randomOf(seed);
  const x = array('float32', [rows, 20], random);
  return { x, y: array('float32', [rows, 1], (row) => (rowSum(x, row) > 10 ? 1 : 0)) };
}

function classesOf(seed, rows, classes) {
  const random = randomOf(seed);
  const x = array('float32', [rows, 20], random);
  return { x, y: labels(rows, (row) => largest(x, row, classes)) };
}

function pictures(seed, shape, count) {
  const random = randomOf(seed);
  const y = labels(shape[0], () => below(random, count));
  return { x: images(random, shape, y, count), y };
}

function sentences(seed, rows, length, words) {
  const random = randomOf(seed);
  // A row of class 1 has more words out of the vocabulary's upper half.
  const y = array('float32', [rows, 1], () => below(random, 2));
  const half = words / 2;
  const x = array('int32', [rows, length], (i) => below(random, half) + (random() < 0.3 + 0.4 * y.data[Math.floor(i / length)] ? half : 0));
  return { x, y };
}

function videos(seed) {
  const { x, y } = pictures(seed, [64, 20, 784], 2);
  return { videos: x, y };
}

function headlines(seed) {
  const { x, y } = sentences(seed, 320, 100, 1000);
  const random = randomOf(seed + 1);
  return { headlines: x, additional: array('float32', [320, 5], (i) => random() + 0.5 * y.data[Math.floor(i / 5)]), labels: y };
}

/** 140 characters of 256, one-hot; each of two authors has favourites. */
function tweets(seed) {
  const random = randomOf(seed);
  const [rows, length, characters] = [64, 140, 256];
  const authors = Array.from({ length: 2 }, () => labels(rows, () => below(random, 2)));
  const write = (author) => {
    const tweet = array('uint8', [rows, length, characters], () => 0);
    for (let i = 0; i < rows * length; i++) tweet.data[i * characters + (random() < 0.5 ? 97 + author.data[Math.floor(i / length)] : below(random, characters))] = 1;
    return tweet;
  };
  const [a, b] = authors;
  return { tweets_a: write(a), tweets_b: write(b), same_author: array('float32', [rows, 1], (i) => (a.data[i] === b.data[i] ? 1 : 0)) };
}

function twoSizes(seed) {
  const random = randomOf(seed);
  const y = array('float32', [48, 1], () => below(random, 2));
  return { images_a: images(random, [48, 32, 32, 3], y, 2), images_b: images(random, [48, 64, 64, 3], y, 2), y };
}

function questions(seed) {
  const random = randomOf(seed);
  const answers = labels(48, () => below(random, 1000));
  return { images: images(random, [48, 3, 56, 56], answers, 1000), questions: array('int32', [48, 100], (i) => (answers.data[Math.floor(i / 100)] + below(random, 10)) % 1000), answers };
}

/** Case → file → array → values, as functions: nothing is made before it is asked for. */
const cases = {
  'mlp-binary': { 'train.npz': () => twoClasses(1, 1000), 'test.npz': () => twoClasses(2, 100) },
  'mlp-multiclass': { 'train.npz': () => classesOf(3, 1000, 10) },
  'vgg-like': { 'train.npz': () => pictures(4, [96, 32, 32, 3], 10) },
  'lstm-classification': { 'train.npz': () => sentences(5, 320, 40, 1024) },
  'functional-mlp': { 'train.npz': () => pictures(6, [640, 784], 10) },
  'video-time-distributed': { 'train.npz': () => videos(7) },
  'auxiliary-output': { 'train.npz': () => headlines(8) },
  'shared-lstm-tweets': { 'train.npz': () => tweets(10) },
  'shared-conv-nodes': { 'train.npz': () => twoSizes(11) },
  vqa: { 'train.npz': () => questions(12) },
  'weights-by-name': { 'train.npz': () => classesOf(13, 400, 3) },
};

/** The examples on synthetic data, in an order in which each finds the files of those before it. */
export const syntheticExamples = Object.keys(cases);

/** The examples on real data: each has a `make-data.mjs` that makes its files, and takes raw rows out of them. */
export const realExamples = ['penguins', 'digits-shards', 'digits-images', 'spam'];

export const exampleNames = [...realExamples, ...syntheticExamples];

/**
 * @param {string} name
 * @returns {Promise<Map<string, Uint8Array>>} an example's files by name.
 */
export async function makeData(name) {
  if (realExamples.includes(name)) return (await import(`./${name}/make-data.mjs`)).makeData();
  const files = cases[name];
  if (files === undefined) throw new Error(`expected one of ${exampleNames.join(', ')}, received ${name}`);
  return new Map(Object.entries(files).map(([file, make]) => [file, encodeNpz(Object.entries(make()))]));
}

if (process.argv[1] === import.meta.filename) {
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : exampleNames) {
    const files = await makeData(name);
    for (const [file, content] of files) {
      const target = path.join(folder, name, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    console.log(`${path.relative(process.cwd(), path.join(folder, name))}: ${files.size === 1 ? [...files.keys()] : `${files.size} files`}, ${(bytes / 2 ** 20).toFixed(2)} MiB`);
  }
}

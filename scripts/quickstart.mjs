#!/usr/bin/env node
// `npm run quickstart`: from a fresh clone to a trained model. Sets the clone up, starts everything (`trainyard up`), and
// then does what a user does, with the trainyard command: trains on handwritten digits, reads the History, predicts,
// downloads. Serves until Ctrl-C afterwards; with --exit, ends, with code 1 if the model learned less than it should have.
import './lib/check-node.mjs';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/paths.mjs';
import { quickstartHome } from './lib/quickstart-home.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { commandLine, startServer } from './lib/trainyard.mjs';
import { setup } from './setup.mjs';

const example = 'examples/digits';
const expectedAccuracy = 0.95;

async function main() {
  const exit = process.argv.includes('--exit');
  await setup();
  const server = await startServer({ ...process.env, TRAINYARD_HOME: process.env.TRAINYARD_HOME || (await quickstartHome()) });
  try {
    const accuracy = await Promise.race([tour(server), server.interrupted]);
    if (accuracy === undefined) return;
    if (accuracy < expectedAccuracy) {
      console.log(`The validation accuracy is below ${expectedAccuracy}: something is wrong with this installation.`);
      process.exitCode = 1;
    }
    if (!exit) {
      console.log('\nServing until Ctrl-C.');
      await server.ended;
    }
  } finally {
    await server.stop();
  }
}

/** Answers the validation accuracy after the last epoch. */
async function tour(server) {
  const trainyard = commandLine(server.env, server.signal);
  await trainyard.show('train', `${example}/spec.json`, '--model', `${example}/model.json`, '--data', `${example}/digits.npz`, '--name', 'digits', '--follow');
  const [job] = await trainyard.json('ps', '--limit', '1', '--json');
  const { history } = await trainyard.json('history', job.id, '--json');
  const accuracy = Number(history.val_acc?.at(-1));
  console.log(`\nval_acc: ${accuracy.toFixed(4)}`);
  await predictSome(trainyard, job.id);
  const checkpoint = path.join(server.home, 'digits.h5');
  await trainyard.show('download', job.id, 'best', '--output', checkpoint);
  console.log(`
Checkpoint        ${checkpoint}   (keras.models.load_model opens it)
TensorBoard logs  ${await tensorBoardLogs(server, job.id)}
Web page          ${await trainyard.text('dashboard')}
API               ${server.url}   documentation: ${server.url}/docs
The command line  TRAINYARD_HOME=${server.home} npx trainyard --help`);
  return accuracy;
}

/** Where the logs are: with the embedded object storage, a folder that tensorboard --logdir takes; else, where the server sends them. */
async function tensorBoardLogs(server, job) {
  const projects = path.join(server.home, 'objects', 'projects');
  for (const project of await readdir(projects).catch(() => [])) {
    const folder = path.join(projects, project, 'jobs', job, 'tensorboard');
    if (await access(folder).then(() => true, () => false)) return `${folder}   (tensorboard --logdir takes it)`;
  }
  return `${server.url}/v1/jobs/${job}/tensorboard?format=tar   (with the API key)`;
}

/** Predicts the last digits of the data, which are part of the validation set: the model has not been trained on them. */
async function predictSome(trainyard, job) {
  const { decodeNpz } = await import(pathToFileURL(path.join(root, 'packages/ndarray/dist/index.js')).href);
  const arrays = decodeNpz(await readFile(path.join(root, example, 'digits.npz')));
  const [x, y] = [arrays.get('x'), arrays.get('y')];
  const rows = Array.from({ length: 8 }, (_, i) => y.data.length - 8 + i);
  const image = (row) => Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => [Number(x.data[row * 64 + i * 8 + j]) / 16]));
  const predicted = await trainyard.json('predict', job, '--classes', '--instances', JSON.stringify(rows.map(image)));
  console.log(`Predicted for 8 images it has not seen: ${predicted.join(' ')}`);
  console.log(`What they show:                         ${rows.map((row) => Number(y.data[row])).join(' ')}`);
}

await runMain(async () => {
  if (process.argv.slice(2).some((option) => option !== '--exit')) throw new SetupError('npm run quickstart takes one option: `npm run quickstart -- --exit`.');
  await main();
});

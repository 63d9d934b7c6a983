#!/usr/bin/env node
// `node scripts/walk.mjs`: goes the way of somebody new, from the README alone: a fresh clone with empty caches, the quick start, a server, then every
// block of commands on the page, in their order, in one shell. Prints how long each step took, as the table of docs/first-steps.md; what the steps say
// goes to standard error. Ends with code 1 at the first that fails.
import './lib/check-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { mustRun } from './lib/commands.mjs';
import { root } from './lib/paths.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { seconds } from './lib/terminal.mjs';

const readyWithinMs = 120_000;
const marker = '== trainyard walk';

async function main() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-walk-'));
  const clone = path.join(folder, 'trainyard');
  // Nothing of this machine's is used: no cache, no setting, no server. Other variables, such as those of a proxy, stay.
  const unset = ['DATABASE_URL', 'REDIS_URL', 'OBJECT_STORE_URL', 'TRAINYARD_HOME', 'TRAINYARD_URL', 'TRAINYARD_API_KEY'];
  const env = { ...process.env, HOME: folder, TRAINYARD_CACHE: path.join(folder, 'cache'), npm_config_cache: path.join(folder, 'npm') };
  for (const name of unset) delete env[name];
  const rows = [];
  const timed = async (title, work) => {
    const began = performance.now();
    const result = await work();
    rows.push({ title, ms: performance.now() - began });
    return result;
  };
  let server;
  try {
    await timed('`git clone`', () => mustRun('git clone', 'git', ['clone', '--quiet', `file://${root}`, clone]));
    await timed('`npm run quickstart -- --exit`: packages, libtensorflow, the build, servers, a trained model', () => show('npm', ['run', 'quickstart', '--', '--exit'], { cwd: clone, env }));
    server = await timed('`npm start`, until it serves', () => serve({ cwd: clone, env }));
    for (const block of await runBlocks(await blocksOf(path.join(clone, 'README.md')), { cwd: clone, env })) rows.push(block);
  } finally {
    if (server) await stop(server);
    await rm(folder, { recursive: true, force: true });
  }
  console.log('| step | seconds |\n| --- | --- |');
  for (const { title, ms } of rows) console.log(`| ${title} | ${(ms / 1000).toFixed(1)} |`);
  console.error(`All ${rows.length} steps in ${seconds(rows.reduce((sum, { ms }) => sum + ms, 0))}.`);
}

/** The page's blocks of commands, each under the sentence before it. */
async function blocksOf(file) {
  const page = await readFile(file, 'utf8');
  return [...page.matchAll(/([^\n]*)\n+```bash\n(.*?)^```$/gms)].map(([, before, code]) => ({ title: titleOf(before, code), code }));
}

const titleOf = (before, code) => (before.startsWith('#') ? `\`${code.split(' ').slice(0, 3).join(' ')} …\`` : before.replace(/[:,](\s.*)?$|\.$/, ''));

async function show(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 2, 2] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new SetupError(`${command} ${args.join(' ')} ended with ${code}.`);
}

/** Starts the server in a process group of its own, and waits for the line that says where it serves. */
async function serve(options) {
  const child = spawn('npm', ['start'], { ...options, detached: true, stdio: ['ignore', 'pipe', 2] });
  await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new SetupError(`npm start ended with ${code}.`)));
    setTimeout(() => reject(new SetupError('npm start did not serve in time.')), readyWithinMs).unref();
    child.stdout.setEncoding('utf8').on('data', (text) => {
      process.stderr.write(text);
      if (/https?:\/\/\S+:\d+/.test(text)) resolve();
    });
  });
  return child;
}

async function stop(server) {
  if (server.exitCode !== null) return;
  const exited = once(server, 'exit');
  process.kill(-server.pid, 'SIGINT');
  await exited;
}

/** All in one shell, as later ones use what earlier ones set. */
async function runBlocks(blocks, options) {
  const script = blocks.map(({ code }, i) => `${code}\necho; echo '${marker} ${i}'`).join('\n');
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { ...options, stdio: ['ignore', 'pipe', 2] });
  const done = [];
  let began = performance.now();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith(marker)) process.stderr.write(`${line}\n`);
      else {
        done.push({ title: blocks[done.length].title, ms: performance.now() - began });
        began = performance.now();
      }
    }
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new SetupError(`"${blocks[done.length]?.title}" failed with ${code}.`);
  return done;
}

await runMain(main);

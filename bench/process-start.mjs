// What our processes cost before they can do anything: the numbers behind packages/program.
//   node bench/process-start.mjs [--rounds 5]     (after `node scripts/setup.mjs`)
// Starts each in turns from one file with V8's code cache and from its modules, and prints the medians of seconds of a processor, and of seconds by the clock.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { startTemporaryServers } from '@trainyard/cli';
import { deployMigrations } from '@trainyard/database';
import { streamingNodeOptions } from '@trainyard/dataset';
import { findLibrary } from '@trainyard/tensorflow';
import { median } from './dist/measure/statistics.js';

/** The kernel's unit of /proc/PID/stat, in seconds. */
const tick = 0.01;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const servers = await startTemporaryServers();
await deployMigrations(servers.databaseUrl);
const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-process-start-'));
const storage = { url: `file://${folder}` };
const env = { ...process.env, ...{ DATABASE_URL: servers.databaseUrl, REDIS_URL: servers.redisUrl, OBJECT_STORE_URL: storage.url, HOST: '127.0.0.1', PORT: '0', TRAINYARD_AUTH: 'off', LOG_LEVEL: 'warn' } };
const workplace = { ...{ databaseUrl: servers.databaseUrl, storage, library: findLibrary(process.env) }, ...{ outboundHosts: [], snapshots: { intervalS: 45, epochIntervalS: 10 } } };

/** Each is ready when it says so; what `tell` says to it comes first. */
const programs = [
  { name: 'API', app: 'api', main: 'main', run: 'run' },
  { name: 'worker', app: 'worker', main: 'main', run: 'run', env: { WORKER_NAME: 'start' } },
  { name: 'training process', app: 'worker', main: 'child', run: 'run-child', execArgv: [...streamingNodeOptions], tell: { type: 'prepare', workplace } },
  { name: 'predictor', app: 'predictor', main: 'main', run: 'run' },
  { name: 'command line (--help)', app: 'cli', main: 'main', run: 'run', args: ['--help'] },
];

try {
  for (const program of programs) {
    const ways = { 'one file': distOf(program, program.main), modules: await byModules(program) };
    const taken = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    for (let round = 0; round < Number(values.rounds); round++) for (const [way, file] of Object.entries(ways)) taken[way].push(await start(program, file));
    for (const [way, starts] of Object.entries(taken)) console.log(`${program.name}, ${way}: ${median(starts.map(({ cpu }) => cpu)).toFixed(2)} s of a processor, ready after ${median(starts.map(({ clock }) => clock)).toFixed(2)} s`);
  }
} finally {
  await servers.stop();
  await rm(folder, { recursive: true });
}

function distOf({ app }, name) {
  return path.join(import.meta.dirname, '..', 'apps', app, 'dist', `${name}.js`);
}

/** A file that runs the program's modules as they were compiled. */
async function byModules(program) {
  const file = path.join(folder, `${program.app}-${program.run}.mjs`);
  await writeFile(file, `const { run } = await import(${JSON.stringify(pathToFileURL(distOf(program, program.run)).href)});\nawait run();\n`);
  return file;
}

/** Until it says that it is ready; one that says nothing, until its end. */
async function start(program, file) {
  const began = performance.now();
  const child = fork(file, program.args ?? [], { execArgv: program.execArgv ?? [], env: { ...env, ...program.env }, serialization: program.tell ? 'advanced' : 'json', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  if (program.tell) child.send(program.tell);
  const exited = once(child, 'exit');
  // Read again and again, as nothing can be read of a process that has ended.
  let cpu = 0;
  const timer = setInterval(() => void cpuOf(child.pid).then((seconds) => (cpu = seconds)).catch(() => undefined), 5);
  await Promise.race([once(child, 'message'), exited]);
  const clock = (performance.now() - began) / 1000;
  cpu = await cpuOf(child.pid).catch(() => cpu);
  clearInterval(timer);
  if (child.connected) child.disconnect();
  await exited;
  return { clock, cpu };
}

async function cpuOf(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tick;
}

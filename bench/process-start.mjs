// What a training process costs before it is ready for a job: the numbers behind apps/worker/src/supervisor/training-program.ts.
//   node bench/process-start.mjs [--rounds 5]     (after `node scripts/setup.mjs`)
// Starts it in turns from one file and from its modules, and prints the medians of seconds of a processor, and of seconds by the clock.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startTemporaryServers } from '@trainyard/cli';
import { streamingNodeOptions } from '@trainyard/dataset';
import { findLibrary } from '@trainyard/tensorflow';
import { median } from './dist/measure/statistics.js';

const worker = fileURLToPath(new URL('../apps/worker/dist', import.meta.url));
const programs = { 'one file': path.join(worker, 'bundle/child.mjs'), modules: path.join(worker, 'child.js') };
/** The kernel's unit of /proc/PID/stat, in seconds. */
const tick = 0.01;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const servers = await startTemporaryServers();
const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-process-start-'));
const workplace = {
  ...{ databaseUrl: servers.databaseUrl, storage: { url: `file://${folder}` }, library: findLibrary(process.env) },
  ...{ outboundHosts: [], snapshots: { intervalS: 45, epochIntervalS: 10 } },
};
try {
  const taken = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) for (const [name, program] of Object.entries(programs)) taken[name].push(await start(program));
  for (const [name, starts] of Object.entries(taken)) console.log(`${name}: ${median(starts.map(({ cpu }) => cpu)).toFixed(2)} s of a processor, ready after ${median(starts.map(({ clock }) => clock)).toFixed(2)} s`);
} finally {
  await servers.stop();
  await rm(folder, { recursive: true });
}

/** Until it says that it is ready. */
async function start(program) {
  const began = performance.now();
  const child = fork(program, [], { execArgv: [...streamingNodeOptions], serialization: 'advanced' });
  child.send({ type: 'prepare', workplace });
  await once(child, 'message');
  const clock = (performance.now() - began) / 1000;
  const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ').at(-1).split(' ');
  child.disconnect();
  await once(child, 'exit');
  return { clock, cpu: (Number(fields[11]) + Number(fields[12])) * tick };
}

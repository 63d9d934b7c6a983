#!/usr/bin/env node
// Prepares a clone: packages, libtensorflow, the Prisma client, the build. Uses nothing but Node itself, does only what
// is missing (a few tens of milliseconds when nothing is), and needs no network then.
// `node scripts/setup.mjs libtensorflow` takes the named steps only: an image's layers are made one by one.
import './lib/check-node.mjs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild, ensurePrismaClient } from './lib/generated.mjs';
import { ensureLibtensorflow } from './lib/libtensorflow.mjs';
import { withLock } from './lib/lock.mjs';
import { ensureNodeModules } from './lib/node-modules.mjs';
import { root } from './lib/paths.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { seconds } from './lib/terminal.mjs';
import { ensureValkey } from './lib/valkey.mjs';

/** In the order in which they need each other. */
const steps = { packages: ensureNodeModules, libtensorflow: ensureLibtensorflow, valkey: ensureValkey, prisma: ensurePrismaClient, build: ensureBuild };

/** Brings the clone into a state in which everything runs. Rejects with a SetupError that says what to do. */
export async function setup(names = Object.keys(steps)) {
  const unknown = names.filter((name) => !(name in steps));
  if (unknown.length > 0) throw new SetupError(`There is no step ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}.`);
  await withLock(
    path.join(root, '.trainyard', 'setup.lock'),
    async () => {
      for (const name of names) await steps[name]();
    },
    (pid) => console.error(`Waiting for process ${pid}, which sets up this clone already`),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    const started = performance.now();
    const named = process.argv.slice(2);
    await setup(named.length > 0 ? named : undefined);
    console.error(`Set up (${seconds(performance.now() - started)}).`);
  });
}

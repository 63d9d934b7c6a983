#!/usr/bin/env node
// Prepares a clone: packages, libtensorflow, the Prisma client, the build. Uses nothing but Node itself, does only what
// is missing (a few tens of milliseconds when nothing is), and needs no network then.
import './lib/check-node.mjs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild, ensurePrismaClient } from './lib/generated.mjs';
import { ensureLibtensorflow } from './lib/libtensorflow.mjs';
import { withLock } from './lib/lock.mjs';
import { ensureNodeModules } from './lib/node-modules.mjs';
import { root } from './lib/paths.mjs';
import { runMain } from './lib/setup-error.mjs';
import { seconds } from './lib/terminal.mjs';
import { ensureValkey } from './lib/valkey.mjs';

/** Brings the clone into a state in which everything runs. Rejects with a SetupError that says what to do. */
export async function setup() {
  await withLock(
    path.join(root, '.trainyard', 'setup.lock'),
    async () => {
      await ensureNodeModules();
      await ensureLibtensorflow();
      await ensureValkey();
      await ensurePrismaClient();
      await ensureBuild();
    },
    (pid) => console.error(`Waiting for process ${pid}, which sets up this clone already`),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    const started = performance.now();
    await setup();
    console.error(`Set up (${seconds(performance.now() - started)}).`);
  });
}

#!/usr/bin/env node
// `npm run bench`: sets the clone up and installs real Keras where that is needed, then trains with both side by side.
import './lib/check-node.mjs';
import { ensurePeers } from '../bench/install-peers.mjs';
import { ensureServingPeers } from '../bench/install-serving-peers.mjs';
import { runMain } from './lib/setup-error.mjs';
import { startServer } from './lib/trainyard.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  await setup();
  const { main } = await import('../bench/dist/main.js');
  // Standard output is for the tables.
  const startService = (env) => startServer(env, process.stderr);
  process.exitCode = await main(process.argv.slice(2), { ensurePeers, ensureServingPeers, startService });
});

#!/usr/bin/env node
// `npm run golden`: sets the clone up where that is needed, then compares the engine with genuine Keras's numbers.
import './lib/check-node.mjs';
import { runMain } from './lib/setup-error.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  await setup();
  await import('../tools/golden/dist/main.js');
});

#!/usr/bin/env node
// `npm run refuse`: sets the clone up where that is needed, then loads a folder of hostile files as the service loads uploads.
import './lib/check-node.mjs';
import { runMain } from './lib/setup-error.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  await setup();
  await import('../tools/refuse/dist/main.js');
});

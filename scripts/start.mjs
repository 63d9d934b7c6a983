#!/usr/bin/env node
// `npm start`: sets the clone up where that is needed, then serves (`trainyard up`) until Ctrl-C.
import './lib/check-node.mjs';
import { runMain } from './lib/setup-error.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  await setup();
  process.argv.splice(2, 0, 'up'); // `npm start -- --port 9000` hands its options on
  await import('../apps/cli/dist/main.js');
});

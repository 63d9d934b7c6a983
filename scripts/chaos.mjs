#!/usr/bin/env node
// `npm run chaos`: sets the clone up where that is needed, then breaks the service's processes and servers, and checks every promise.
import './lib/check-node.mjs';
import { runMain } from './lib/setup-error.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  await setup();
  const { main } = await import('../tools/chaos/dist/main.js');
  process.exitCode = await main(process.argv.slice(2));
});

import { loadProgram } from '@trainyard/program';

const { run } = await loadProgram<typeof import('./run.js')>(new URL('./run.js', import.meta.url));
await run();

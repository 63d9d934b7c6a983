import { loadProgram } from '@trainyard/program';

const { run } = await loadProgram<typeof import('./run-child.js')>(new URL('./run-child.js', import.meta.url));
run();

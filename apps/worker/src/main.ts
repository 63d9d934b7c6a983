import { loadProgram } from '@trainyard/program';
import type * as Run from './run.js';

const { run } = await loadProgram<typeof Run>(new URL('./run.js', import.meta.url));
await run();

import { loadProgram } from '@trainyard/program';
import type * as RunChild from './run-child.js';

const { run } = await loadProgram<typeof RunChild>(new URL('./run-child.js', import.meta.url));
run();

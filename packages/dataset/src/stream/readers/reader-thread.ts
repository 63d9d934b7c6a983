import { loadProgram } from '@trainyard/program';
import type * as RunReaderThread from './run-reader-thread.js';

const { run } = await loadProgram<typeof RunReaderThread>(new URL('./run-reader-thread.js', import.meta.url));
run();

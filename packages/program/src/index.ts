export { bundleOf, codeCacheOf } from './bundle.js';
export { loadProgram } from './load-program.js';

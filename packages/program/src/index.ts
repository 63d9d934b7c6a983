export { loadProgram } from './load-program.js';

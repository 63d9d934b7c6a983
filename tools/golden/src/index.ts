export { runCase, type CaseResult } from './run-case.js';

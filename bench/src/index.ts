export { readCases, type Case } from './cases.js';
export { main } from './main.js';
export type { CaseFigures } from './report/figures.js';

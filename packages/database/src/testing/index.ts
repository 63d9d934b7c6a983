// For tests, of other packages too: databases of their own.
export { createEmptyDatabase, createScratchDatabase, type ScratchDatabase } from './scratch-database.js';

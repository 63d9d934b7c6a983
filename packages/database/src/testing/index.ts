// For tests, of other packages too: databases of their own.
export { runningJob } from './example-job.js';
export { createEmptyDatabase, createScratchDatabase, type ScratchDatabase } from './scratch-database.js';

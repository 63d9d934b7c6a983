// For tests, of other packages too: databases of their own.
export { queuedJob, runningJob } from './example-job.js';
export { rewindExtremes } from '../results/step-extremes.js';
export { createEmptyDatabase, createScratchDatabase, type ScratchDatabase } from './scratch-database.js';

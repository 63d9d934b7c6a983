// For tests, of other packages too: the API on parts of a test's own, and what a worker writes.
export { startApi, type TestApi, type TestApiOptions } from './api.js';
export { createdJob, runningJob, storedCheckpoint } from './attempt.js';
export { jobBody, model } from './examples.js';

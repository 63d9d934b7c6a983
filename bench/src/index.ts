export { readCases, type Case } from './cases.js';
export { type Milestone, milestones } from './jobs/first-step.js';
export { runData } from './data/run-data.js';
export { runJobs } from './jobs/run-jobs.js';
export type { RunningService, StartService } from './jobs/service.js';
export { main } from './main.js';
export type { CaseFigures } from './report/figures.js';
export { dataFigures, dataMarkdown } from './report/data.js';
export { jobsFigures, jobsMarkdown } from './report/jobs.js';

export { applyRetention, type RetentionOptions } from './apply-retention.js';
export { deleteObjects } from './delete-objects.js';
export { leastAgeMs, type Orphans, type UnknownProject } from './find-orphans.js';
export { sweepOrphans, sweepOrphansWhenDue, type SweepOptions, type SweepReport } from './sweep-orphans.js';

export { applyRetention, type RetentionOptions } from './apply-retention.js';
export { deleteObjects } from './delete-objects.js';

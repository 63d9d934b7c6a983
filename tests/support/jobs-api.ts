export { JobsApi, type Answer } from '@trainyard/stack';

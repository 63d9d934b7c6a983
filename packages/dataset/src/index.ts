export { DataError, type DataErrorCode } from './data-error.js';
export type { ArraySpec, Batch, Dataset, DatasetArrays, Shard, StreamOptions } from './dataset.js';
export { supportedFormats } from './formats/registry.js';
export { checkSource, columnNames, openDataset, type ModelNames, type OpenOptions } from './open-dataset.js';
export type { ResolvedUri } from './shards/find-shards.js';
export type { RetryPolicy } from './shards/retry.js';

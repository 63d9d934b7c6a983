export { Client, type Readiness } from './client.js';
export type { DatasetInput } from './datasets.js';
export type { Download } from './download.js';
export { ApiProblem, ConnectionError } from './errors.js';
export type { UploadOptions } from './files.js';
export type { FollowOptions, ProgressUpdate, StreamItem } from './follow-events.js';
export type { Body, ClientOptions } from './http.js';
export type { LayerResource, ListJobsQuery, PredictInput, StepMetricsQuery } from './jobs.js';

export { boundRequest, ClientGoneError, DeadlineExceededError, type BoundRequest } from './bound-request.js';
export { untilAborted } from './until-aborted.js';
export { Histogram } from './metrics/histogram.js';
export { counter, gauge, metricsMediaType, type Labels, type Sample } from './metrics/text.js';
export { noteFault, traceRequests } from './tracing/trace-requests.js';

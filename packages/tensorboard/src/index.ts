export { encodeEvent, fileVersionEvent, type TensorBoardEvent } from './event.js';
export { eventFileName, type EventFileNameParts } from './file-name.js';
export { frameRecord } from './record.js';
export type { HistogramSummary, ImageSummary, ScalarSummary, Summary } from './summary.js';

// For tests, of other packages too: a predictor on parts of a test's own, and checkpoints that it can load.
export { framed, predictorCall, sentArrays, TestCheckpoints, type PredictorCall, type TestCheckpoint } from './checkpoints.js';
export { testPredictor, type TestPredictorOptions } from './test-predictor.js';
export { GatedStore } from './gated-store.js';

// What other tools measure and write with, apart from the benchmark itself, which loads the engine.
export { readEventFile, type FileEvent } from './jobs/event-file.js';
export { describeMachine, machineText, type Machine } from './measure/machine.js';
export { quantile } from './measure/statistics.js';
export { table } from './report/table.js';

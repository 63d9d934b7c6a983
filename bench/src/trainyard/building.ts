import { type Batch, buildModel, type CompiledModel, compileModel, RandomStream, type Runtime, Trainer } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';

import type { Case } from '../cases.js';
import { median } from '../measure/statistics.js';
import { makeArray } from './case-data.js';
import { type StepTimes, TimedRuntime } from './timed-runtime.js';

/** What is spent on a model before it trains, in milliseconds. */
export interface Building {
  /** Reading its JSON, building and compiling it: descriptions, nothing is allocated. */
  readonly build_ms: number;
  /** Drawing the first weights: traced and run. */
  readonly initialize_ms: number;
  /** Tracing the train step into a graph. */
  readonly trace_ms: number;
  /** The train step's first run: TensorFlow optimizes the graph, then runs it. */
  readonly first_run_ms: number;
  /** A run of it when nothing is new. */
  readonly warm_run_ms: number;
  /** The same step traced and first run once more, by another trainer in the same process: code and memory are there. */
  readonly again_trace_ms: number;
  readonly again_first_run_ms: number;
  /** Of the train step's graph, as it was traced. */
  readonly nodes: number;
}

const SEED = 1;
const WARM_RUNS = 5;

/** Builds a case's model and trains one batch a few times, each part timed. */
export async function measureBuilding(case_: Case, runtime: Runtime): Promise<Building> {
  const random = new RandomStream(SEED, 0);
  const batch = (specs: Case['inputs']) => specs.map((spec) => makeArray(spec, Math.min(case_.rows, case_.batch_size), random));
  const data = { x: batch(case_.inputs), y: batch(case_.targets) };
  const timed = new TimedRuntime(runtime);

  const started = performance.now();
  const compiled = compileModel(buildModel(parseModel(case_.model)), { ...case_.compile, metrics: [...case_.compile.metrics] });
  const built = performance.now();
  const first = await trainOne(compiled, timed, data);
  const again = await trainOne(compiled, timed, data);
  return {
    build_ms: built - started,
    initialize_ms: first.initializeMs,
    trace_ms: first.compileMs,
    first_run_ms: first.runsMs[0] ?? NaN,
    warm_run_ms: median(first.runsMs.slice(1)),
    again_trace_ms: again.compileMs,
    again_first_run_ms: again.runsMs[0] ?? NaN,
    nodes: first.nodes,
  };
}

/** Trains one batch a few times in a trainer of its own: what its train step has cost. */
async function trainOne(compiled: CompiledModel, timed: TimedRuntime, data: Batch): Promise<StepTimes & { readonly initializeMs: number }> {
  const started = performance.now();
  const trainer = new Trainer(compiled, timed, SEED);
  await trainer.initialize();
  const initializeMs = performance.now() - started;
  const before = timed.steps.length;
  const standardized = trainer.standardize(data);
  for (let run = 0; run <= WARM_RUNS; run++) await trainer.trainBatch(standardized);
  trainer.dispose();
  const [step, ...others] = timed.steps.slice(before);
  if (!step || others.length > 0) throw new Error(`expected training to compile one step, it compiled ${others.length + (step ? 1 : 0)}`);
  return { ...step, initializeMs };
}

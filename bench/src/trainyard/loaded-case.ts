import { type Batch, buildModel, compileModel, countParams, fit, type History, type MeasuredPlan, measurePlan, RandomStream, Trainer, type TrainingPlan } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { gatherRows, sliceRows } from '@trainyard/ndarray';
import type { TensorFlowRuntime } from '@trainyard/tensorflow';

import type { Case } from '../cases.js';
import type { Fitted, Loaded } from '../contenders/contender.js';
import { makeArray } from './case-data.js';

const SEED = 1;
/** Planned as a training of this length: what is measured is long trainings' speed. */
const PLANNED_STEPS = 1_000_000;

/** A case in the engine: the model compiled, the data in memory. Does what bench/peers/contender.py does. */
export class LoadedCase {
  #measured: MeasuredPlan | undefined;
  #epochs = 1;

  private constructor(
    private readonly trainer: Trainer,
    private readonly data: Batch,
    private readonly batchSize: number,
    readonly description: Loaded,
  ) {}

  /**
   * Builds the model and trains one batch.
   * @param spawnedAt when the process was started, in seconds since 1970.
   * @throws FormatError where the engine lacks something that the model needs.
   */
  static async load(case_: Case, runtime: TensorFlowRuntime, spawnedAt: number): Promise<LoadedCase> {
    const compiled = compileModel(buildModel(parseModel(case_.model)), { ...case_.compile, metrics: [...case_.compile.metrics] });
    const started = performance.now();
    const random = new RandomStream(SEED, 0);
    const make = (specs: Case['inputs']) => specs.map((spec) => makeArray(spec, case_.rows, random));
    const data = { x: make(case_.inputs), y: make(case_.targets) };
    const dataSeconds = (performance.now() - started) / 1000;
    const trainer = new Trainer(compiled, runtime, SEED);
    await trainer.initialize();
    const { batch_size: batchSize } = case_;
    await fit(trainer, firstRows(data, batchSize), { batchSize, epochs: 1 });
    return new LoadedCase(trainer, data, batchSize, {
      versions: { node: process.versions.node, tensorflow: runtime.version },
      params: countParams(compiled.model).total,
      steps_per_epoch: Math.ceil(case_.rows / batchSize),
      first_step_s: Date.now() / 1000 - spawnedAt - dataSeconds,
    });
  }

  /** The plan and what it was chosen from, in words. */
  get planText(): string {
    if (!this.#measured) return '';
    const { plan, trials } = this.#measured;
    const tried = trials.map(({ plan: candidate, msPerStep, error }) => `${xlaText(candidate)} ${msPerStep === undefined ? `failed: ${error ?? ''}` : `${msPerStep.toPrecision(3)} ms`}`);
    return `${plan.stepsPerRun} a run, ${xlaText(plan)}${tried.length > 0 ? ` (${tried.join(', ')})` : ''}`;
  }

  /** Chooses the plan as a worker does, then trains until nothing is new; answers how many epochs `fit` will train: they take about `seconds`. */
  async warmUp(seconds: number): Promise<number> {
    const batch = this.trainer.standardize(firstRows(this.data, this.batchSize));
    this.#measured = await measurePlan(this.trainer, batch, PLANNED_STEPS);
    await this.#timedFit(1);
    let { taken } = await this.#timedFit(1);
    while (taken < seconds / 4 && this.#epochs < 1024) {
      this.#epochs *= 4;
      ({ taken } = await this.#timedFit(this.#epochs));
    }
    this.#epochs = Math.max(1, Math.round((this.#epochs * seconds) / taken));
    return this.#epochs;
  }

  async fit(): Promise<Fitted> {
    const { taken, history } = await this.#timedFit(this.#epochs);
    const steps = this.#epochs * this.description.steps_per_epoch;
    return { ms_per_step: (taken * 1000) / steps, steps, epochs_in_history: history.epoch.length, loss: history.history['loss']?.at(-1) ?? NaN };
  }

  /** Milliseconds of each of `calls` predictions of `rows` rows. */
  async predict(rows: number, calls: number): Promise<number[]> {
    const x = this.data.x.map((array) => gatherRows(array, Uint32Array.from({ length: rows }, (_, row) => row % (array.shape[0] ?? 1))));
    const taken: number[] = [];
    for (let call = 0; call < calls; call++) {
      const started = performance.now();
      await this.trainer.program.predict(x, { batchSize: rows });
      taken.push(performance.now() - started);
    }
    return taken;
  }

  dispose(): void {
    this.trainer.dispose();
  }

  async #timedFit(epochs: number): Promise<{ taken: number; history: History }> {
    const started = performance.now();
    const history = await fit(this.trainer, this.data, { batchSize: this.batchSize, epochs, plan: () => this.#measured?.plan });
    return { taken: (performance.now() - started) / 1000, history };
  }
}

function xlaText({ xla }: TrainingPlan): string {
  return xla === undefined ? 'no XLA' : `XLA: ${xla}`;
}

function firstRows(data: Batch, rows: number): Batch {
  return { x: data.x.map((array) => sliceRows(array, 0, rows)), y: data.y.map((array) => sliceRows(array, 0, rows)) };
}

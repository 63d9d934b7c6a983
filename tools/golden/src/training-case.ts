import { access } from 'node:fs/promises';
import path from 'node:path';

import {
  type Batch,
  type Callback,
  type ClassWeight,
  compileModel,
  type CompileSpec,
  compileSpecOf,
  createCallbacks,
  descriptionOf,
  evaluateArrays,
  fit,
  buildModel,
  fromWeightsFile,
  inWeightOrder,
  restoreModelFile,
  type Runtime,
  rowsOf,
  Trainer,
  weightRefs,
} from '@trainyard/engine';
import { type Json, parseModel, parseModelYaml, readModelFile, readWeightsFile } from '@trainyard/keras-format';
import { type NdArray, sliceRows } from '@trainyard/ndarray';

import { Comparison, type Tolerance, tolerances } from './comparison.js';
import { checkOtherFiles } from './later-files.js';
import { readArray, readBytes, readJson, type StoredNumber, type StoredTensor, tensor } from './reference.js';
import { type RoundingNoise, roundingNoise } from './rounding-noise.js';
import { withTables } from './schedule.js';

interface LoadWeights {
  readonly op: 'load_weights';
  readonly start: string;
  readonly file: string;
  readonly by_name?: boolean;
  readonly gives: string;
}

interface Spec {
  readonly compile: CompileSpec;
  readonly fit: {
    readonly batch_size: number;
    readonly epochs: number;
    readonly initial_epoch?: number;
    readonly validation_split?: number;
    readonly class_weight?: ClassWeight;
    readonly callbacks?: Json[];
  };
  readonly data: Readonly<Record<string, string[]>>;
  readonly before_fit?: readonly LoadWeights[];
}

interface Expected {
  readonly weight_names: string[];
  readonly metrics_names: string[];
  readonly init_predict: StoredTensor[];
  readonly init_evaluate: StoredNumber | StoredNumber[];
  readonly history: Readonly<Record<string, StoredNumber[]>>;
  readonly epoch: number[];
  readonly checkpoint_files?: string[];
  readonly stopped_epoch?: (number | null)[];
  readonly final_predict: StoredTensor[];
  readonly final_evaluate: StoredNumber | StoredNumber[];
  readonly resume_train_on_batch?: StoredNumber | StoredNumber[];
  readonly resume_weights_l2?: number[];
  readonly train_on_batch?: (StoredNumber | StoredNumber[])[];
  readonly test_on_batch_after?: StoredNumber | StoredNumber[];
}

const list = (values: StoredNumber | readonly StoredNumber[]): number[] => [values].flat().map(Number);

/**
 * One training of genuine Keras, done again: weights, predictions and metrics before and after `fit`, History, the files and
 * epochs of callbacks, one more step from the saved model, steps by train_on_batch.
 * @throws FormatError where the engine lacks something that the case needs.
 */
export async function runTrainingCase(folder: string, runtime: Runtime): Promise<Comparison> {
  return new TrainingCase(folder, runtime, await readJson<Spec>(folder, 'spec.json'), await readJson<Expected>(folder, 'expected.json')).run();
}

class TrainingCase {
  readonly #comparison = new Comparison();

  constructor(
    private readonly folder: string,
    private readonly runtime: Runtime,
    private readonly spec: Spec,
    private readonly expected: Expected,
  ) {}

  async run(): Promise<Comparison> {
    const files: string[] = [];
    const callbacks = this.#callbacks(files);
    const trainer = await this.#trainer();
    const data = await this.#data(trainer, ['x', 'y', 'sample_weight']);
    try {
      await this.#checkNames(trainer);
      await this.#loadBeforeFit(trainer);
      await this.#checkState(trainer, data, 'init');
      await this.#checkOtherFiles(trainer, data);
      await this.#checkFit(trainer, data, callbacks, files);
      await trainer.program.resetStates();
      const noise = this.#noise(trainer, data);
      await this.#checkState(trainer, data, 'final', noise?.bound);
      await this.#checkFinalWeights(trainer, noise);
    } finally {
      trainer.dispose();
    }
    await this.#checkResume();
    await this.#checkTrainOnBatch();
    return this.#comparison;
  }

  async #trainer(): Promise<Trainer> {
    const model = buildModel(parseModel(await readJson<object>(this.folder, 'model.json')));
    const trainer = new Trainer(compileModel(model, this.spec.compile), this.runtime, 0);
    await trainer.program.load(await this.#weightsOf('init.weights.h5', trainer));
    return trainer;
  }

  async #weightsOf(file: string, trainer: Trainer): Promise<NdArray[]> {
    return inWeightOrder(trainer.program.weights, fromWeightsFile(trainer.compiled.model, await readWeightsFile(await readBytes(this.folder, file))));
  }

  async #data(trainer: Trainer, [x = '', y = '', weight = '']: readonly string[]): Promise<Batch> {
    const arrays = (role: string): Promise<NdArray[]> => Promise.all((this.spec.data[role] ?? []).map((file) => readArray(this.folder, file)));
    const sampleWeight = await arrays(weight);
    return { x: await arrays(x), y: await arrays(y), ...(sampleWeight.length > 0 ? { sampleWeight: trainer.compiled.outputs.map((_, i) => sampleWeight[i]) } : {}) };
  }

  #callbacks(files: string[]): Callback[] {
    const environment = {
      saveCheckpoint: async ({ filepath }: { filepath: string }): Promise<void> => void files.push(filepath),
      warn: () => undefined,
      log: () => undefined,
    };
    return createCallbacks((this.spec.fit.callbacks ?? []).map((callback) => withTables(callback, this.spec.fit.epochs)), environment);
  }

  async #checkNames(trainer: Trainer): Promise<void> {
    const { model, metricsNames } = trainer.compiled;
    this.#comparison.exact('weight_names', weightRefs(model).map(({ kerasName }) => kerasName), this.expected.weight_names);
    this.#comparison.exact('metrics_names', metricsNames, this.expected.metrics_names);
    const yaml = path.join(this.folder, 'model.yaml');
    if (!(await access(yaml).then(() => true, () => false))) return;
    const fromYaml = parseModelYaml(new TextDecoder().decode(await readBytes(this.folder, 'model.yaml')));
    this.#comparison.exact('model.yaml', fromYaml.layers.map(({ name, config }) => [name, config]).map(sorted), model.description.layers.map(({ name, config }) => [name, config]).map(sorted));
  }

  #checkOtherFiles({ compiled }: Trainer, { x }: Batch): Promise<void> {
    return checkOtherFiles({ folder: this.folder, model: compiled.model, x, initPredict: this.expected.init_predict, batchSize: this.spec.fit.batch_size, runtime: this.runtime }, this.#comparison);
  }

  async #loadBeforeFit(trainer: Trainer): Promise<void> {
    for (const { start, file, by_name: byName = false, gives } of this.spec.before_fit ?? []) {
      const before = await this.#weightsOf(start, trainer);
      const loaded = fromWeightsFile(trainer.compiled.model, await readWeightsFile(await readBytes(this.folder, file)), { byName });
      const after = inWeightOrder(trainer.program.weights, loaded, before);
      (await this.#weightsOf(gives, trainer)).forEach((theirs, i) => this.#comparison.array(`load_weights ${file}: ${this.expected.weight_names[i]}`, after[i], theirs, tolerances.weights));
      await trainer.program.setWeights(after);
    }
  }

  /** @param bound in place of the usual tolerances. */
  async #checkState(trainer: Trainer, data: Batch, when: 'init' | 'final', bound?: Tolerance): Promise<void> {
    const predicted = await trainer.program.predict(data.x, { batchSize: this.spec.fit.batch_size });
    // States of stateful layers are 0 before and after each (GOLDENS.md).
    await trainer.program.resetStates();
    this.expected[`${when}_predict`].forEach((theirs, i) => {
      const ours = predicted[i] && sliceRows(predicted[i], 0, 8);
      this.#comparison.array(`${when}_predict[${i}]`, ours, tensor(theirs), bound ?? tolerances.outputs);
    });
    const evaluated = await evaluateArrays(trainer, trainer.standardize(data), this.spec.fit.batch_size);
    await trainer.program.resetStates();
    this.#comparison.numbers(`${when}_evaluate`, evaluated, list(this.expected[`${when}_evaluate`]), bound ?? tolerances.history);
  }

  async #checkFit(trainer: Trainer, data: Batch, callbacks: Callback[], files: string[]): Promise<void> {
    const { batch_size: batchSize, epochs, initial_epoch: initialEpoch = 0, validation_split: validationSplit = 0, class_weight: classWeight } = this.spec.fit;
    const validationData = this.spec.data['x_val'] ? await this.#data(trainer, ['x_val', 'y_val', 'val_sample_weight']) : undefined;
    const { epoch, history } = await fit(trainer, data, { batchSize, epochs, initialEpoch, validationSplit, validationData, classWeight, callbacks, shuffle: false });
    this.#comparison.exact('epoch', epoch, this.expected.epoch);
    this.#comparison.exact('history keys', Object.keys(history).sort(), Object.keys(this.expected.history).sort());
    const bound = this.#noise(trainer, data)?.bound;
    for (const [name, values] of Object.entries(this.expected.history))
      this.#comparison.numbers(`history.${name}`, history[name], values.map(Number), name.startsWith('val_') && bound ? bound : tolerances.history);
    if (this.expected.checkpoint_files) this.#comparison.exact('checkpoint_files', files.sort(), this.expected.checkpoint_files);
    this.expected.stopped_epoch?.forEach((theirs, i) => {
      if (theirs !== null) this.#comparison.exact(`stopped_epoch[${i}]`, (callbacks[i] as { stoppedEpoch?: number } | undefined)?.stoppedEpoch, theirs);
    });
  }

  /** What rounding alone moves in the whole training. */
  #noise(trainer: Trainer, data: Batch): RoundingNoise | undefined {
    const { batch_size: batchSize, epochs, initial_epoch: initialEpoch = 0 } = this.spec.fit;
    return roundingNoise(trainer.compiled, Math.ceil(rowsOf(data) / batchSize) * (epochs - initialEpoch));
  }

  async #checkFinalWeights(trainer: Trainer, noise: RoundingNoise | undefined): Promise<void> {
    const ours = await trainer.program.getWeights();
    const theirs = await this.#weightsOf('final.weights.h5', trainer);
    theirs.forEach((array, i) => {
      const name = this.expected.weight_names[i] ?? '';
      this.#comparison.array(`final ${name}`, ours[i], array, noise?.weights.has(name) ? noise.bound : tolerances.weights);
    });
  }

  /** One more step from the saved model, optimizer state included. */
  async #checkResume(): Promise<void> {
    const { resume_train_on_batch: metrics, resume_weights_l2: norms } = this.expected;
    if (metrics === undefined) return;
    const file = await readModelFile(await readBytes(this.folder, 'whole_model.h5'));
    const theirs = list(metrics);
    const whole = compileModel(buildModel(descriptionOf(file)), this.spec.compile);
    // A file's training_config has no weighted_metrics, so Keras's loaded model lacks those.
    const compiled = theirs.length < whole.metricsNames.length && file.trainingConfig ? compileModel(whole.model, compileSpecOf(file.trainingConfig)) : whole;
    const trainer = new Trainer(compiled, this.runtime, 0);
    await restoreModelFile(trainer, file);
    const data = trainer.standardize(await this.#data(trainer, ['x', 'y', 'sample_weight']));
    this.#comparison.numbers('resume_train_on_batch', await trainer.trainBatch(rows(data, 0, this.spec.fit.batch_size)), theirs, tolerances.history);
    const weights = await trainer.program.getWeights();
    const noise = roundingNoise(trainer.compiled, 1);
    norms?.forEach((norm, i) => this.#comparison.number(`resume_weights_l2[${i}]`, Math.sqrt([...(weights[i]?.data ?? [])].reduce<number>((sum, w) => sum + Number(w) ** 2, 0)), norm, noise?.weights.has(this.expected.weight_names[i] ?? '') ? noise.bound : tolerances.weights));
    trainer.dispose();
  }

  async #checkTrainOnBatch(): Promise<void> {
    const trainer = await this.#trainer();
    const data = trainer.standardize(await this.#data(trainer, ['x', 'y', 'sample_weight']));
    const size = this.spec.fit.batch_size;
    const samples = rowsOf(data);
    for (const [i, theirs] of (this.expected.train_on_batch ?? []).entries()) {
      const start = (i * size) % samples;
      this.#comparison.numbers(`train_on_batch[${i}]`, await trainer.trainBatch(rows(data, start, Math.min(start + size, samples))), list(theirs), tolerances.history);
    }
    const after = this.expected.test_on_batch_after;
    if (after !== undefined) this.#comparison.numbers('test_on_batch_after', await trainer.evaluateBatch(rows({ x: data.x, y: data.y }, 0, size)), list(after), this.#noise(trainer, data)?.bound ?? tolerances.history);
    trainer.dispose();
  }
}

function rows(batch: Batch, start: number, end: number): Batch {
  const slice = (array: NdArray): NdArray => sliceRows(array, start, end);
  return { x: batch.x.map(slice), y: batch.y.map(slice), sampleWeight: batch.sampleWeight?.map((array) => array && slice(array)) };
}

/** Objects with their keys in one order, for comparison as text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, sorted(entry)]));
}

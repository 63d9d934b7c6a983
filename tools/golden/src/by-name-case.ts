import { access } from 'node:fs/promises';
import path from 'node:path';

import { buildModel, descriptionOf, fromWeightsFile, inWeightOrder, type Model, type Runtime, summaryText, weightRefs } from '@trainyard/engine';
import { type Json, parseModel, readModelFile, readWeightsFile, type WeightsFile } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import { Comparison, tolerances } from './comparison.js';
import { readBytes, readJson, type StoredTensor, tensor } from './reference.js';
import { predictions } from './versions-case.js';

/** What Keras does with a weights file by name and by position, with a nested model's file, and with a frozen layer. */
interface ByNameExpected {
  readonly A_weights: StoredTensor[];
  readonly B_weights_before: StoredTensor[];
  readonly B_weights_after: StoredTensor[];
  readonly A_json: object;
  readonly B_json: object;
  readonly by_name_shape_mismatch?: string | null;
  readonly by_position_layer_count_mismatch?: string | null;
  readonly by_name_weight_count_mismatch?: string | null;
  readonly nested_weights?: { readonly name: string; readonly value: StoredTensor }[];
  readonly nested_x?: StoredTensor;
  readonly nested_predict?: StoredTensor;
  readonly trainable_false?: { readonly weights_order: string[]; readonly trainable: string[]; readonly non_trainable: string[]; readonly summary_counts: number[] };
  readonly summary_text?: string;
}

export function isByNameCase(expected: unknown): expected is ByNameExpected {
  return typeof expected === 'object' && expected !== null && ['A_json', 'B_json', 'A_weights', 'B_weights_after'].every((key) => key in expected);
}

const exists = (folder: string, file: string): Promise<boolean> => access(path.join(folder, file)).then(() => true, () => false);

/** The case, and the same files as tf-keras writes them where they are there. */
export async function runByNameCase(folder: string, expected: ByNameExpected, runtime: Runtime): Promise<Comparison> {
  const comparison = new Comparison();
  await new ByNameCase(folder, '', expected, comparison).run(runtime);
  if (await exists(folder, 'expected.tfkeras.json')) {
    const theirs = await readJson<ByNameExpected>(folder, 'expected.tfkeras.json');
    await new ByNameCase(folder, '.tfkeras', theirs, comparison).runFiles(runtime);
  }
  return comparison;
}

class ByNameCase {
  constructor(
    private readonly folder: string,
    /** Of the files' names. */
    private readonly suffix: string,
    private readonly expected: ByNameExpected,
    private readonly comparison: Comparison,
  ) {}

  async run(runtime: Runtime): Promise<void> {
    await this.runFiles(runtime);
    await this.#checkErrors();
    this.#checkFrozen();
  }

  async runFiles(runtime: Runtime): Promise<void> {
    await this.#checkByName();
    await this.#checkNested(runtime);
  }

  async #weights(): Promise<WeightsFile> {
    return readWeightsFile(await readBytes(this.folder, `my_model_weights${this.suffix}.h5`));
  }

  #compare(place: string, ours: readonly NdArray[], theirs: readonly StoredTensor[]): void {
    this.comparison.exact(`${place}: arrays`, ours.length, theirs.length);
    theirs.forEach((array, i) => this.comparison.array(`${place}[${i}]`, ours[i], tensor(array), tolerances.weights));
  }

  async #checkByName(): Promise<void> {
    const { A_json, A_weights, B_json, B_weights_before, B_weights_after } = this.expected;
    const [a, b] = [buildModel(parseModel(A_json)), buildModel(parseModel(B_json))];
    const file = await this.#weights();
    this.#compare(`A${this.suffix}`, inWeightOrder(weightRefs(a), fromWeightsFile(a, file)), A_weights);
    this.#compare(`B${this.suffix} by name`, inWeightOrder(weightRefs(b), fromWeightsFile(b, file, { byName: true }), B_weights_before.map(tensor)), B_weights_after);
  }

  /** Each refusal must carry what Keras's text carries: names, numbers, shapes. */
  async #checkErrors(): Promise<void> {
    const file = await this.#weights();
    const { by_name_shape_mismatch: shape, by_position_layer_count_mismatch: layers, by_name_weight_count_mismatch: weights } = this.expected;
    const shapes = [...(shape ?? '').matchAll(/\(([\d, ]+)\)/g)].map((match) => (match[1] ?? '').split(',').filter((n) => n.trim() !== '').map(Number));
    if (shape && shapes[0]) {
      const changed = firstLayer(this.expected.A_json, { units: shapes[0].at(-1) ?? 1 });
      this.#checkRefusal('by_name_shape_mismatch', () => fromWeightsFile(changed, file, { byName: true }), [changed.layers[0]?.name ?? '', ...shapes.map((one) => `[${one.join(', ')}]`)]);
      if (layers) this.#checkRefusal('by_position_layer_count_mismatch', () => fromWeightsFile(changed, file), layers.match(/\d+/g) ?? []);
    }
    if (weights) {
      const unbiased = firstLayer(this.expected.A_json, { use_bias: false });
      const [, name = '', needs = '', has = ''] = /named "([^"]+)"\) expects (\d+) .* have (\d+)/.exec(weights) ?? [];
      this.#checkRefusal('by_name_weight_count_mismatch', () => fromWeightsFile(unbiased, file, { byName: true }), [name, needs, has]);
    }
  }

  #checkRefusal(place: string, load: () => unknown, parts: readonly string[]): void {
    let message = 'no refusal';
    try {
      load();
    } catch (error) {
      ({ message } = error as Error);
    }
    this.comparison.exact(place, parts.filter((part) => !message.includes(part)), []);
  }

  async #checkNested(runtime: Runtime): Promise<void> {
    const { nested_weights: weights = [], nested_x: x, nested_predict: predict } = this.expected;
    const whole = `nested${this.suffix}.model.h5`;
    if (!x || !predict || !(await exists(this.folder, whole))) return;
    const file = await readModelFile(await readBytes(this.folder, whole));
    const description = descriptionOf(file);
    const model = buildModel(description);
    const values = fromWeightsFile(model, file);
    const refs = weightRefs(model);
    const last = (name: string): string => name.split('/').slice(-2).join('/');
    // The case pairs the names of `model.weights` (Keras 2.0: all trainable ones first) with the values of get_weights().
    const inOrder = this.suffix === '' ? [...refs.filter(({ trainable }) => trainable), ...refs.filter(({ trainable }) => !trainable)] : refs;
    this.comparison.exact(`${whole}: names`, inOrder.map(({ kerasName }) => last(kerasName)), weights.map(({ name }) => last(name)));
    this.#compare(`${whole}: get_weights`, inWeightOrder(refs, values), weights.map(({ value }) => value));
    const files = [whole, `nested${this.suffix}.weights.h5`];
    for (const name of files) {
      if (!(await exists(this.folder, name))) continue;
      const [predicted] = await predictions(description, await readWeightsFile(await readBytes(this.folder, name)), [tensor(x)], runtime);
      this.comparison.array(`${name}: predict`, predicted, tensor(predict), tolerances.outputs);
    }
  }

  /** The model with a frozen layer is given by its summary and the names of its weights. */
  #checkFrozen(): void {
    const { summary_text: summary, trainable_false: frozen } = this.expected;
    if (!summary) return;
    const model = modelOfSummary(summary, frozen?.non_trainable ?? []);
    this.comparison.exact('summary_text', summaryText(model).split('\n'), summary.split('\n'));
    if (!frozen) return;
    const refs = weightRefs(model);
    const names = (trainable: boolean): string[] => refs.filter((ref) => ref.trainable === trainable).map(({ kerasName }) => kerasName);
    // Keras tells layers of one name in one process apart by a number behind it.
    const plain = (list: readonly string[]): string[] => list.map((name) => model.layers.reduce((text, layer) => (text.startsWith(`${layer.name}_`) ? text.replace(/_\d+\//, '/') : text), name));
    this.comparison.exact('trainable', names(true), plain(frozen.trainable));
    this.comparison.exact('non_trainable', names(false), plain(frozen.non_trainable));
    this.comparison.exact('weights_order', [...names(true), ...names(false)], plain(frozen.weights_order));
    this.comparison.exact('summary_counts', [refs.reduce((sum, { spec }) => sum + spec.shape.reduce((size, dimension) => size * dimension, 1), 0)], frozen.summary_counts);
  }
}

/** A model of the first layer of another, changed. */
function firstLayer(json: object, change: Readonly<Record<string, Json>>): Model {
  const description = parseModel(json);
  const first = description.layers.find(({ className }) => className === 'Dense');
  const config = { ...first?.config, ...change };
  return buildModel(parseModel({ class_name: 'Sequential', keras_version: description.kerasVersion, config: [{ class_name: 'Dense', config }] }));
}

/** A Sequential of Dense and BatchNormalization layers as a summary shows it. */
function modelOfSummary(summary: string, nonTrainable: readonly string[]): Model {
  const rows = [...summary.matchAll(/^(\S+) \((\w+)\)\s+\(None, (\d+)\)\s+(\d+)/gm)];
  const layers = rows.map(([, name = '', className = '', units, params], i) => {
    const config = { name, trainable: !nonTrainable.some((weight) => new RegExp(`^${name}(_\\d+)?/(kernel|gamma):`).test(weight)) };
    if (className !== 'Dense') return { class_name: className, config };
    const inputs = Number(params) / Number(units) - 1;
    return { class_name: className, config: { ...config, units: Number(units), ...(i === 0 ? { batch_input_shape: [null, inputs] } : {}) } };
  });
  return buildModel(parseModel({ class_name: 'Sequential', keras_version: '2.0.8', config: layers }));
}

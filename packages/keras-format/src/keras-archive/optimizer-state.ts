import type { NdArray } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import type { JsonObject } from '../json.js';
import type { ModelFile, NamedArray } from '../h5/weights-file.js';

/** An optimizer's state, whichever Keras wrote it. */
export interface OptimizerState {
  /** Undefined where the file does not have them: Keras 2.0's RMSprop, Adagrad, Adadelta. */
  readonly iterations: number | undefined;
  readonly learningRate: number | undefined;
  /** In the order of Keras 3: group after group, within a group weight by weight. */
  readonly slots: readonly NdArray[];
}

/**
 * Sizes of the groups in which Keras 3 has an optimizer's slots; within a group they alternate, weight by weight.
 * @returns undefined for an optimizer that is not known.
 */
export function slotGroupSizes(className: string, config: JsonObject): number[] | undefined {
  const isOn = (name: string): boolean => config[name] !== undefined && config[name] !== null && config[name] !== false && config[name] !== 0;
  switch (className.replace(/^Custom>/, '').toLowerCase()) {
    case 'sgd':
      return isOn('momentum') ? [1] : [];
    case 'rmsprop':
      return [1, ...(isOn('momentum') ? [1] : []), ...(isOn('centered') ? [1] : [])];
    case 'adagrad':
      return [1];
    case 'adam':
    case 'adamw':
      return [2, ...(isOn('amsgrad') ? [1] : [])];
    case 'adadelta':
    case 'adamax':
    case 'nadam':
      return [2];
    default:
      return undefined;
  }
}

/**
 * Reads the optimizer weights of a model file. Keras 2.0 and tf-keras's legacy optimizers have slot after slot, over all
 * weights each; tf-keras's and Keras 3's have them weight by weight, Keras 3 the learning rate before them. Their Nadams have
 * a product of momenta too, which follows from the iterations: Keras 3 behind the slots, tf-keras's legacy one before them.
 * @throws FormatError `optimizer_weights` where the number of slots fits no number of weights.
 */
export function readOptimizerState({ optimizerWeights, trainingConfig }: Pick<ModelFile, 'optimizerWeights' | 'trainingConfig'>): OptimizerState | undefined {
  if (!trainingConfig || optimizerWeights.length === 0) return undefined;
  const { class_name: className, config } = trainingConfig.optimizer_config;
  const groups = slotGroupSizes(className, config);
  if (!groups) return undefined;
  const arrays = [...optimizerWeights];
  const iterations = takeScalar(arrays, /(^|\/)iter(ations?)?(:0)?$/i);
  const learningRate = takeScalar(arrays, /(^|\/)learning_rate(:0)?$/);
  const bySlot = 'lr' in config || /(^|\/)iter(ations)?:0$/.test(optimizerWeights[0]?.name ?? '');
  // Keras 2.0's and tf-keras's SGD have slots of zeros where there is no momentum.
  if (groups.length === 0) return { iterations, learningRate, slots: [] };
  const all = arrays.map(({ array }) => array);
  const slots = bySlot ? withoutPlaceholders(all, { className, config }) : all;
  if (slots.length % sum(groups) === 1) {
    if (slots.at(-1)?.shape.length === 0) slots.pop();
    else if (slots[0]?.shape.length === 0) slots.shift();
  }
  const perWeight = sum(groups);
  if (slots.length % perWeight !== 0)
    throw new FormatError('optimizer_weights', 'optimizer_weights', `expected ${perWeight} arrays for each trained weight of ${className}, received ${slots.length} arrays`);
  return { iterations, learningRate, slots: bySlot ? weightByWeight(slots, groups) : slots };
}

/**
 * Slots, one after the other over all weights, without the zeros that Keras 2.1.3 to 2.3 keep in place of amsgrad's where Adam has
 * none: `[1]` for each weight, behind two slots of its shape.
 */
export function withoutPlaceholders(slots: NdArray[], { className, config }: { readonly className: string; readonly config: JsonObject }): NdArray[] {
  const weights = slots.length / 3;
  const shapeOf = (i: number): string => String(slots[i]?.shape);
  const isPlaceholder = (_: unknown, i: number): boolean => shapeOf(i) === shapeOf(weights + i) && shapeOf(2 * weights + i) === '1';
  if (className !== 'Adam' || config['amsgrad'] === true || !Number.isInteger(weights)) return slots;
  return slots.slice(0, weights).every(isPlaceholder) ? slots.slice(0, 2 * weights) : slots;
}

function takeScalar(arrays: NamedArray[], name: RegExp): number | undefined {
  const [first] = arrays;
  if (!first || first.array.shape.length > 0 || !name.test(first.name)) return undefined;
  arrays.shift();
  return Number(first.array.data[0]);
}

/** From slot after slot to group after group. */
function weightByWeight(slots: readonly NdArray[], groups: readonly number[]): NdArray[] {
  const weights = slots.length / sum(groups);
  let slot = 0;
  return groups.flatMap((size) => {
    const from = slot;
    slot += size;
    return Array.from({ length: weights }, (_, weight) => Array.from({ length: size }, (__, i) => slots[(from + i) * weights + weight] as NdArray)).flat();
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

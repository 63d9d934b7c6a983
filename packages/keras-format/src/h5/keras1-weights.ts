import type { NdArray } from '@trainyard/ndarray';
import type { LayerDescription, ModelDescription } from '../model/model-description.js';
import { concatLast, flipKernel, transpose } from './array-layout.js';
import type { NamedArray, WeightsFile } from './weights-file.js';

/**
 * The weights of one layer of a model's top level as Keras 2 on TensorFlow keeps them.
 *
 * Keras 1 (files that say version 1.x, or none) keeps a recurrent layer's gates apart, kernels of `th` models in Theano's
 * order, and a Conv1D's kernel with an axis of length 1; files of a Theano backend have their kernels reversed. What
 * corresponds to what is that of Keras 2.0's own loading of such files, nested models and wrappers included.
 *
 * @param layer the layer that is to have them.
 */
export function toKeras2Weights(layer: LayerDescription, weights: readonly NamedArray[], { kerasVersion, backend }: Pick<WeightsFile, 'kerasVersion' | 'backend'>): NamedArray[] {
  const origin: Origin = { keras1: isKeras1(kerasVersion), theano: backend === 'theano', gates: 'as described' };
  if (!origin.keras1 && !origin.theano) return [...weights];
  const forms = (['as described', 'separate', 'joined'] as const).map((gates): Origin => ({ ...origin, gates }));
  // A Keras 2 description of the layer does not say whether Keras 1 kept its gates apart; the number of arrays does.
  const fitting = forms.find((form) => total(countOf(layer, form)) === weights.length) ?? origin;
  return convert(layer, weights, fitting);
}

/**
 * The same for arrays that go with a whole model's trainable weights one by one, such as a moment of an optimizer. Keras 1
 * on TensorFlow orders them by the names of the weights; on Theano (whose names have no `:0`) by none that the file tells.
 * @param file of Keras 1, with the weights that the arrays go with.
 * @returns undefined where they do not correspond to the file's weights.
 */
export function toKeras2Trainable(model: ModelDescription, arrays: readonly NamedArray[], file: WeightsFile): NamedArray[] | undefined {
  const origin: Origin = { keras1: true, theano: false, gates: 'as described' };
  const names = trainableNames(model, file, origin);
  const sorted = new Map([...names].sort().map((name, place) => [name, place]));
  if (sorted.size !== arrays.length || names.length !== arrays.length || !names.every((name) => name.endsWith(':0'))) return undefined;
  return convertPart({ model }, names.map((name) => arrays[sorted.get(name) ?? 0] as NamedArray), 'trainable', origin);
}

/** Names of the weights that training moves, in the order of the file. */
function trainableNames(model: ModelDescription, file: WeightsFile, origin: Origin): string[] {
  const places = new Map((model.fileOrder ?? []).map((name, place) => [name, place]));
  const counts = [...model.layers].sort((a, b) => (places.get(a.name) ?? 0) - (places.get(b.name) ?? 0)).map((layer) => countOf(layer, origin)).filter((count) => total(count) > 0);
  const layers = file.layers.filter(({ weights }) => weights.length > 0);
  return layers.flatMap(({ weights }, i) => weights.slice(0, counts[i]?.trainable ?? 0).map(({ name }) => name));
}

export function isKeras1(version: string): boolean {
  return /^1(\.|$)/.test(version);
}

interface Origin {
  readonly keras1: boolean;
  readonly theano: boolean;
  /** Whether recurrent layers keep an array a gate; as described: Keras 1's `consume_less: "gpu"` (implementation 2) joins them. */
  readonly gates: 'as described' | 'separate' | 'joined';
}

/** How many arrays a layer has that training moves, and how many that it does not. */
interface Count {
  readonly trainable: number;
  readonly frozen: number;
}

const total = ({ trainable, frozen }: Count): number => trainable + frozen;
const sum = (counts: readonly Count[]): Count => counts.reduce((all, one) => ({ trainable: all.trainable + one.trainable, frozen: all.frozen + one.frozen }), { trainable: 0, frozen: 0 });

function countOf(layer: LayerDescription, origin: Origin): Count {
  const { className, config, model, wrapped } = layer;
  if (model) return sum(model.layers.map((inner) => countOf(inner, origin)));
  if (wrapped) return sum(Array.from({ length: className === 'Bidirectional' ? 2 : 1 }, () => countOf(wrapped, origin)));
  const own = { trainable: ownCount(layer, origin), frozen: className === 'BatchNormalization' ? 2 : 0 };
  return config['trainable'] === false ? { trainable: 0, frozen: total(own) } : own;
}

function ownCount({ className, config }: LayerDescription, { keras1, gates }: Origin): number {
  const bias = config['use_bias'] === false ? 0 : 1;
  const separate = keras1 && (gates === 'as described' ? config['implementation'] !== 2 : gates === 'separate');
  switch (className) {
    case 'Dense':
    case 'Conv1D':
    case 'Conv2D':
    case 'Conv3D':
    case 'Conv2DTranspose':
    case 'Conv3DTranspose':
    case 'DepthwiseConv2D':
    case 'LocallyConnected1D':
    case 'LocallyConnected2D':
      return 1 + bias;
    case 'SeparableConv1D':
    case 'SeparableConv2D':
      return 2 + bias;
    case 'Embedding':
    case 'PReLU':
      return 1;
    case 'BatchNormalization':
      return (config['scale'] === false ? 0 : 1) + (config['center'] === false ? 0 : 1);
    case 'SimpleRNN':
      return 2 + bias;
    case 'GRU':
      return separate ? 9 : 2 + bias;
    case 'LSTM':
      return separate ? 12 : 2 + bias;
    case 'ConvLSTM2D':
      return keras1 ? 12 : 2 + bias;
    default:
      return 0;
  }
}

function convert(layer: LayerDescription, weights: readonly NamedArray[], origin: Origin): NamedArray[] {
  const { className, model, wrapped } = layer;
  if (model) {
    const { trainable } = countOf(layer, origin);
    return [...convertPart(layer, weights.slice(0, trainable), 'trainable', origin), ...convertPart(layer, weights.slice(trainable), 'frozen', origin)];
  }
  if (wrapped && className === 'Bidirectional') {
    const half = weights.length / 2;
    return [...convert(wrapped, weights.slice(0, half), origin), ...convert(wrapped, weights.slice(half), origin)];
  }
  if (wrapped) return convert(wrapped, weights, origin);
  return convertOwn(layer, weights, origin);
}

/** Those of a nested model that are trainable, or those that are not: files keep them so, layer by layer. */
function convertPart({ model }: Pick<LayerDescription, 'model'>, weights: readonly NamedArray[], part: keyof Count, origin: Origin): NamedArray[] {
  if (!model) return [];
  const places = new Map((origin.keras1 ? (model.fileOrder ?? []) : []).map((name, place) => [name, place]));
  const inFile = [...model.layers].sort((a, b) => (places.get(a.name) ?? 0) - (places.get(b.name) ?? 0));
  const converted = new Map<LayerDescription, NamedArray[]>();
  let at = 0;
  for (const inner of inFile) {
    const own = weights.slice(at, (at += countOf(inner, origin)[part]));
    converted.set(inner, inner.model ? convertPart(inner, own, part, origin) : convert(inner, own, origin));
  }
  return model.layers.flatMap((inner) => converted.get(inner) ?? []);
}

function convertOwn(layer: LayerDescription, weights: readonly NamedArray[], { keras1, theano }: Origin): NamedArray[] {
  const arrays = weights.map(({ array }) => array);
  let converted = keras1 ? fromKeras1(layer, arrays) : arrays;
  if (theano) converted = flipped(layer.className, converted);
  return converted.map((array, i) => ({ name: weights[i]?.name ?? '', array }));
}

/** Theano's order of a kernel, [filters, channels, …size], as [...size, channels, filters]. */
const reversed = (kernel: NdArray): NdArray => transpose(kernel, [...kernel.shape.map((_, axis) => axis).slice(2), 1, 0]);

/** A layer's arrays by class; what has not the form of Keras 1 stays as it is, for the comparison of shapes to name. */
function fromKeras1({ className, config }: LayerDescription, arrays: readonly NdArray[]): NdArray[] {
  const theanoOrder = config['data_format'] === 'channels_first';
  const [kernel, ...others] = arrays;
  if (!kernel) return [];
  switch (className) {
    case 'Conv1D':
      return [temporalKernel(kernel, config['filters']), ...others];
    case 'Conv2D':
    case 'Conv3D':
      return theanoOrder ? [reversed(kernel), ...others] : [...arrays];
    case 'SeparableConv2D':
      return theanoOrder ? arrays.map((array) => (array.shape.length === 4 ? reversed(array) : array)) : [...arrays];
    case 'Conv2DTranspose':
      return [kernel.shape.length === 4 ? transpose(kernel, theanoOrder ? [2, 3, 0, 1] : [0, 1, 3, 2]) : kernel, ...others];
    case 'GRU':
      return arrays.length === 9 ? joinGates(arrays, [0, 1, 2]) : [...arrays];
    case 'LSTM':
      return arrays.length === 12 ? joinGates(arrays, [0, 2, 1, 3]) : [...arrays];
    case 'ConvLSTM2D':
      return arrays.length === 12 ? joinGates(theanoOrder ? arrays.map((array) => (array.shape.length === 4 ? reversed(array) : array)) : arrays, [0, 2, 1, 3]) : [...arrays];
    default:
      return [...arrays];
  }
}

/** [length, 1, channels, filters], in Keras 1.1 [filters, channels, length, 1], as [length, channels, filters]. */
function temporalKernel(kernel: NdArray, filters: unknown): NdArray {
  if (kernel.shape.length !== 4) return kernel;
  const [, second = 1, , last = 1] = kernel.shape;
  const now = second === 1 && last === filters ? kernel : reversed(kernel);
  const [length = 1, , channels = 1, count = 1] = now.shape;
  return { ...now, shape: [length, channels, count] };
}

/** Arrays (W, U, b) for each gate as one W, one U and one b, the gates in the given order. LSTM: i, c, f, o in Keras 1; i, f, c, o in Keras 2. */
function joinGates(arrays: readonly NdArray[], gates: readonly number[]): NdArray[] {
  const parts = [0, 1, 2].map((part) => gates.map((gate) => arrays[3 * gate + part] as NdArray));
  const alike = parts.every(([first, ...others]) => others.every(({ dtype, shape }) => dtype === first?.dtype && shape.join() === first.shape.join()));
  return alike ? parts.map(concatLast) : [...arrays];
}

const CONVOLUTIONS = new Set(['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'ConvLSTM2D']);

function flipped(className: string, arrays: readonly NdArray[]): NdArray[] {
  const kernels = CONVOLUTIONS.has(className) ? (className === 'ConvLSTM2D' ? 2 : 1) : 0;
  return arrays.map((array, i) => (i < kernels && array.shape.length > 2 ? flipKernel(array) : array));
}

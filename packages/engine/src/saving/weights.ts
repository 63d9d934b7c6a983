import { FormatError, isKeras1, type LayerDescription, type LayerWeights, toKeras2Weights, type WeightsFile } from '@trainyard/keras-format';
import { cast, type NdArray } from '@trainyard/ndarray';

import type { Model } from '../model/model.js';
import { type LayerWeightRefs, weightRefs, weightRefsByLayer, type WeightRef } from '../model/weight-ref.js';

/** Version that the files we write carry: theirs is Keras 2.0.8's layout. */
export const WRITTEN_KERAS_VERSION = '2.0.8';

/** A model's weights as `save_weights` groups them. `values` are in `get_weights()` order. */
export function toLayerWeights(model: Model, values: readonly NdArray[]): LayerWeights[] {
  const byVariable = new Map(weightRefs(model).map(({ variable }, i) => [variable, values[i] as NdArray]));
  return weightRefsByLayer(model).map(({ layer, weights }) => ({
    layer: layer.name,
    weights: weights.map(({ variable, kerasName }) => ({ name: kerasName, array: byVariable.get(variable) as NdArray })),
  }));
}

export interface LoadOptions {
  /** Match layers by name, not by position: layers that only one side has are left alone. */
  readonly byName?: boolean;
  /** With `byName`: leave a layer alone whose shapes differ. */
  readonly skipMismatch?: boolean;
}

/** A file's weights, and what wrote them where that is not Keras 2 on TensorFlow. */
export type FileWeights = Pick<WeightsFile, 'layers'> & Partial<Pick<WeightsFile, 'kerasVersion' | 'backend'>>;

/**
 * The values that a weights file has for a model: Keras's `load_weights`. Positional loading pairs the layers that have
 * weights in their order; `byName` pairs equal names.
 * @returns values by program variable; all of the model's weights unless `byName`.
 * @throws FormatError naming the layer or weight: `dense_2/kernel:0: the file has [64, 10], the model needs [128, 10]`.
 */
export function fromWeightsFile(model: Model, file: FileWeights, { byName = false, skipMismatch = false }: LoadOptions = {}): Map<string, NdArray> {
  const target = weightRefsByLayer(model).filter(({ weights }) => weights.length > 0);
  const source = file.layers.filter(({ weights }) => weights.length > 0);
  const values = new Map<string, NdArray>();
  const descriptions = new Map(model.description.layers.map((layer) => [layer.name, layer]));
  for (const [refs, written] of byName ? pairByName(target, source) : pairByPosition(inFileOrder(model, target, { ...file, layers: source }), source)) {
    const saved = inKeras2Layout(written, descriptions.get(refs.layer.name), file);
    const mismatch = findMismatch(refs, saved);
    if (mismatch && byName && skipMismatch) continue;
    if (mismatch) throw mismatch;
    refs.weights.forEach(({ variable }, i) => values.set(variable, cast(saved.weights[i]?.array as NdArray, 'float32')));
  }
  return values;
}

function inKeras2Layout(saved: LayerWeights, layer: LayerDescription | undefined, { kerasVersion = WRITTEN_KERAS_VERSION, backend = 'tensorflow' }: FileWeights): LayerWeights {
  return layer ? { ...saved, weights: toKeras2Weights(layer, saved.weights, { kerasVersion, backend }) } : saved;
}

/** The layers as the file orders them: as Keras 1 did where it wrote the file, or where the names say so; else the model's order. */
function inFileOrder({ description }: Model, target: readonly LayerWeightRefs[], { layers, kerasVersion = WRITTEN_KERAS_VERSION }: FileWeights): readonly LayerWeightRefs[] {
  const { fileOrder } = description;
  if (!fileOrder) return target;
  const places = new Map(fileOrder.map((name, place) => [name, place]));
  const ordered = [...target].sort((a, b) => (places.get(a.layer.name) ?? 0) - (places.get(b.layer.name) ?? 0));
  return isKeras1(kerasVersion) || ordered.every(({ layer }, i) => layer.name === layers[i]?.layer) ? ordered : target;
}

type Pair = readonly [LayerWeightRefs, LayerWeights];

function pairByName(target: readonly LayerWeightRefs[], source: readonly LayerWeights[]): Pair[] {
  return source.flatMap((saved) => target.filter(({ layer }) => layer.name === saved.layer).map((refs): Pair => [refs, saved]));
}

function pairByPosition(target: readonly LayerWeightRefs[], source: readonly LayerWeights[]): Pair[] {
  if (target.length !== source.length)
    throw new FormatError('layer_count', 'layers', `the file has ${source.length} layers with weights (${names(source.map(({ layer }) => layer))}), the model needs ${target.length} (${names(target.map(({ layer }) => layer.name))})`);
  return target.map((refs, i) => [refs, source[i] as LayerWeights]);
}

function names(list: readonly string[]): string {
  return list.length > 8 ? `${list.slice(0, 8).join(', ')}, …` : list.join(', ') || 'none';
}

function findMismatch({ layer, weights }: LayerWeightRefs, saved: LayerWeights): FormatError | undefined {
  if (weights.length !== saved.weights.length)
    return new FormatError('weight_count', layer.name, `the file has ${saved.weights.length} weights in "${saved.layer}", the model needs ${weights.length} (${weights.map(({ spec }) => spec.name).join(', ')})`);
  for (const [i, weight] of weights.entries()) {
    const found = saved.weights[i]?.array.shape ?? [];
    if (found.join() !== weight.spec.shape.join())
      return new FormatError('weight_shape', weight.kerasName, `the file has [${found.join(', ')}], the model needs [${weight.spec.shape.join(', ')}]`);
  }
  return undefined;
}

/** Loaded values in `get_weights()` order; weights that the file lacks come from `otherwise`. */
export function inWeightOrder(weights: readonly WeightRef[], loaded: ReadonlyMap<string, NdArray>, otherwise: readonly NdArray[] = []): NdArray[] {
  return weights.map(({ variable }, i) => {
    const value = loaded.get(variable) ?? otherwise[i];
    if (!value) throw new RangeError(`${variable}: expected a value, found none`);
    return value;
  });
}

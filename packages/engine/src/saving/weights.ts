import { FormatError, isKeras1, type LayerDescription, type LayerWeights, toKeras2Weights, type WeightsFile } from '@trainyard/keras-format';
import { cast, type NdArray } from '@trainyard/ndarray';

import { Model } from '../model/model.js';
import { type LayerWeightRefs, weightRefs, weightRefsByLayer, weightRefsInside, type WeightRef } from '../model/weight-ref.js';

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
  /**
   * Fill the layer of this name alone, at any depth: a nested model takes the file of a whole model (what a job that
   * trained it has saved), a wrapper hands it on to the layer inside.
   */
  readonly into?: string | null;
}

/** A file's weights, and what wrote them where that is not Keras 2 on TensorFlow. */
export type FileWeights = Pick<WeightsFile, 'layers'> & Partial<Pick<WeightsFile, 'kerasVersion' | 'backend'>>;

/**
 * The values that a weights file has for a model: Keras's `load_weights`. Positional loading pairs the layers that have
 * weights in their order; `byName` pairs equal names. Within a layer weights are paired by name where both sides have the
 * same names, else by position: a file puts the weights first that were trainable when it was written, and another layer may
 * be frozen now.
 * @returns values by program variable; all of the model's weights unless `byName`.
 * @throws FormatError naming the layer or weight: `dense_2/kernel:0: the file has [64, 10], the model needs [128, 10]`.
 */
export function fromWeightsFile(model: Model, file: FileWeights, { byName = false, skipMismatch = false, into = null }: LoadOptions = {}): Map<string, NdArray> {
  const { target, filled } = targetOf(model, into);
  const source = file.layers.filter(({ weights }) => weights.length > 0);
  const values = new Map<string, NdArray>();
  const descriptions = new Map(filled?.description.layers.map((layer) => [layer.name, layer]));
  for (const [refs, written] of byName ? pairByName(target, source) : pairByPosition(inFileOrder(filled, target, { ...file, layers: source }), source)) {
    const saved = inOrderOf(refs, inKeras2Layout(written, descriptions.get(refs.layer.name), file));
    const mismatch = findMismatch(refs, saved);
    if (mismatch && byName && skipMismatch) continue;
    if (mismatch) throw mismatch;
    refs.weights.forEach(({ variable }, i) => values.set(variable, cast(saved.weights[i]?.array as NdArray, 'float32')));
  }
  return values;
}

/** The layers to fill, and the model that they are of; none for one layer. */
function targetOf(model: Model, into: string | null): { target: LayerWeightRefs[]; filled: Model | undefined } {
  const withWeights = (groups: readonly LayerWeightRefs[]): LayerWeightRefs[] => groups.filter(({ weights }) => weights.length > 0);
  if (into === null) return { target: withWeights(weightRefsByLayer(model)), filled: model };
  const found = weightRefsInside(model, into);
  if (!found) throw new FormatError('missing_layer', 'into', `expected the name of a layer of the model, received "${into}"; its layers are ${names(model.layers.map(({ name }) => name))}`);
  return { target: withWeights(found.groups), filled: found.inside instanceof Model ? found.inside : undefined };
}

/** A layer's saved weights in the order of the model's, where both have the same names. */
function inOrderOf({ weights }: LayerWeightRefs, saved: LayerWeights): LayerWeights {
  const byName = new Map(saved.weights.map((weight) => [weight.name, weight]));
  const needed = new Set(weights.map(({ kerasName }) => kerasName));
  const same = [saved.weights.length, byName.size, needed.size].every((count) => count === weights.length) && [...needed].every((name) => byName.has(name));
  return same ? { ...saved, weights: weights.flatMap(({ kerasName }) => byName.get(kerasName) ?? []) } : saved;
}

function inKeras2Layout(saved: LayerWeights, layer: LayerDescription | undefined, { kerasVersion = WRITTEN_KERAS_VERSION, backend = 'tensorflow' }: FileWeights): LayerWeights {
  return layer ? { ...saved, weights: toKeras2Weights(layer, saved.weights, { kerasVersion, backend }) } : saved;
}

/** The layers as the file orders them: as Keras 1 did where it wrote the file, or where the names say so; else the model's order. */
function inFileOrder(model: Model | undefined, target: readonly LayerWeightRefs[], { layers, kerasVersion = WRITTEN_KERAS_VERSION }: FileWeights): readonly LayerWeightRefs[] {
  const fileOrder = model?.description.fileOrder;
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

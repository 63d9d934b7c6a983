import * as tf from '@tensorflow/tfjs-core';
import { FormatError, type JsonObject, type LayerDescription } from '@trainyard/keras-format';

import type { Shape } from '../shape.js';
import type { CallScope, Layer, LayerOptions, Mask } from './layer.js';
import type { CreateContext, LayerDefinition } from './layer-definition.js';
import { RecurrentLayer } from './recurrent/recurrent-layer.js';
import { withoutLosses } from './wrappers/without-losses.js';
import { type Wrapped, Wrapper } from './wrappers/wrapper.js';

const mergeModes = ['concat', 'sum', 'mul', 'ave'] as const;
type MergeMode = (typeof mergeModes)[number] | null;

/** A recurrent layer and its like that goes the other way, their outputs merged step by step. */
class Bidirectional extends Wrapper {
  override readonly className = 'Bidirectional';

  constructor(
    options: LayerOptions,
    readonly forward: RecurrentLayer,
    readonly backward: RecurrentLayer,
    readonly mergeMode: MergeMode,
  ) {
    super(options);
  }

  override get innerLayers(): readonly Layer[] {
    return [this.forward, this.backward];
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get stopsMask(): boolean {
    return this.forward.stopsMask;
  }

  override carriesMask(output: number): boolean {
    return output < this.#outputCount;
  }

  override wrapped(inputShapes: readonly Shape[]): readonly Wrapped[] {
    return this.#halves(inputShapes).map(([layer, shapes]) => ({ layer, inputShapes: shapes, nameScope: `${layer.name}/` }));
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [one = [], other = []] = this.#halves(inputShapes).map(([layer, shapes]) => layer.outputShapes(shapes));
    const [output = []] = one;
    const states = [...one.slice(1), ...other.slice(1)];
    if (this.mergeMode === null) return [output, output, ...states];
    if (this.mergeMode !== 'concat') return [output, ...states];
    const last = output.at(-1) ?? null;
    return [[...output.slice(0, -1), last === null ? null : last * 2], ...states];
  }

  override call(scope: CallScope, inputs: readonly tf.Tensor[], masks: readonly Mask[]): tf.Tensor[] {
    const [one = [], other = []] = this.#halves(inputs).map(([layer, given]) => layer.call(withoutLosses(scope.inner(layer)), given, masks));
    const outputs = this.#merge(one[0] as tf.Tensor, this.forward.returnSequences ? tf.reverse(other[0] as tf.Tensor, 1) : (other[0] as tf.Tensor));
    // Keras counts an activity penalty of what comes out of the wrapper, not of each direction.
    const { activityRegularizer } = this.forward;
    if (activityRegularizer) for (const output of outputs) scope.addLoss(activityRegularizer.penalty(output));
    return [...outputs, ...one.slice(1), ...other.slice(1)];
  }

  override computeMasks(inputs: readonly tf.Tensor[], masks: readonly Mask[]): Mask[] {
    const [own, ...states] = this.forward.computeMasks(inputs, masks);
    return [...Array.from({ length: this.#outputCount }, () => own), ...states, ...states];
  }

  get #outputCount(): number {
    return this.mergeMode === null ? 2 : 1;
  }

  /** What each direction is called on: the sequence, and its half of the initial states. */
  #halves<T>([sequence, ...initial]: readonly T[]): [RecurrentLayer, T[]][] {
    if (sequence === undefined || initial.length % 2 !== 0)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Bidirectional): expected a sequence and initial states of both directions, received ${initial.length + 1} inputs`);
    const half = initial.length / 2;
    return [
      [this.forward, [sequence, ...initial.slice(0, half)]],
      [this.backward, [sequence, ...initial.slice(half)]],
    ];
  }

  #merge(one: tf.Tensor, other: tf.Tensor): tf.Tensor[] {
    switch (this.mergeMode) {
      case null:
        return [one, other];
      case 'concat':
        return [tf.concat([one, other], -1)];
      case 'sum':
        return [tf.add(one, other)];
      case 'ave':
        return [tf.div(tf.add(one, other), 2)];
      case 'mul':
        return [tf.mul(one, other)];
      default:
        return this.mergeMode satisfies never;
    }
  }
}

/** One direction, under the name that Keras gives it. */
function direction(prefix: string, wrapped: LayerDescription, changes: JsonObject, context: CreateContext): RecurrentLayer {
  const layer = context.createLayer({ ...wrapped, name: `${prefix}_${wrapped.name}`, config: { ...wrapped.config, ...changes } });
  if (!(layer instanceof RecurrentLayer))
    throw new FormatError('invalid_config', `${wrapped.pointer}/class_name`, `expected a recurrent layer inside Bidirectional, received ${wrapped.className}`);
  return layer;
}

/** Keras 2.0 to 2.2 leave the weight penalties of the backward layer out of a model's loss. */
function penaltiesOfBackward(kerasVersion: string): JsonObject {
  return /^2\.[0-2]\.(?!.*tf)/.test(kerasVersion) ? { kernel_regularizer: null, recurrent_regularizer: null, bias_regularizer: null } : {};
}

export const bidirectional: LayerDefinition = {
  className: 'Bidirectional',
  create: (config, options, context) => {
    const { wrapped } = context.description;
    if (!wrapped) throw config.refuse('layer', 'a recurrent layer');
    if (config.has('backward_layer')) throw config.refuse('backward_layer', 'none: the layer inside, going backwards');
    const mergeMode = config.raw('merge_mode') === null ? null : config.oneOf('merge_mode', mergeModes, 'concat');
    const backwards = { go_backwards: wrapped.config['go_backwards'] !== true, ...penaltiesOfBackward(config.kerasVersion) };
    return new Bidirectional(options, direction('forward', wrapped, {}, context), direction('backward', wrapped, backwards, context), mergeMode);
  },
};

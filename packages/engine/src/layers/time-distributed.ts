import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { placesOf } from '../model/layer-place.js';
import { Model } from '../model/model.js';
import { shapeText, type Shape } from '../shape.js';
import type { CallScope, Layer, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { withoutLosses } from './wrappers/without-losses.js';
import { type Wrapped, Wrapper } from './wrappers/wrapper.js';

/**
 * A layer or model applied to each step of a sequence: [batch, time, …] as [batch · time, …]. A mask is passed on, but the
 * layer inside does not see it.
 */
export class TimeDistributed extends Wrapper {
  override readonly className = 'TimeDistributed';

  constructor(
    options: LayerOptions,
    readonly layer: Layer,
  ) {
    super(options);
  }

  override get innerLayers(): readonly Layer[] {
    return [this.layer];
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override wrapped([sequence = []]: readonly Shape[]): readonly Wrapped[] {
    return [{ layer: this.layer, inputShapes: [stepShape(sequence)], nameScope: '' }];
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [sequence = []] = inputShapes;
    if (inputShapes.length !== 1 || sequence.length < 3)
      throw this.#refuse(`expected one input of at least 3 dimensions, received ${inputShapes.map(shapeText).join(', ') || 'none'}`);
    if (this.#isStateful(sequence)) throw this.#refuse(`expected no stateful layer inside, received "${this.layer.name}"`);
    const step = stepShape(sequence);
    const [output, ...more] = this.layer.outputShapes([step]);
    if (!output || more.length > 0) throw this.#refuse(`expected a layer of one output inside, received ${more.length + 1} outputs of "${this.layer.name}"`);
    return [[output[0] ?? null, sequence[1] ?? null, ...output.slice(1)]];
  }

  override call(scope: CallScope, [input]: readonly tf.Tensor[]): tf.Tensor[] {
    const [batch = 0, time = 0, ...rest] = (input as tf.Tensor).shape;
    const inner = scope.inner(this.layer);
    // As in Keras 2.0: a layer's own activity penalty counts, those within a model are lost.
    const [output] = this.layer.call(this.layer instanceof Model ? withoutLosses(inner) : inner, [tf.reshape(input as tf.Tensor, [batch * time, ...rest])], [undefined]);
    return [tf.reshape(output as tf.Tensor, [batch, time, ...(output as tf.Tensor).shape.slice(1)])];
  }

  /** Keras 2.0 would begin every step with the states of the last batch. */
  #isStateful(sequence: Shape): boolean {
    return placesOf({ layer: this, inputShapes: [sequence], path: '', nameScope: '', trainable: true }).some(({ layer, inputShapes }) => layer.states(inputShapes).length > 0);
  }

  #refuse(text: string): FormatError {
    return new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (TimeDistributed): ${text}`);
  }
}

function stepShape([batch = null, , ...rest]: Shape): Shape {
  return [batch, ...rest];
}

export const timeDistributed: LayerDefinition = {
  className: 'TimeDistributed',
  create: (config, options, context) => {
    const { wrapped } = context.description;
    if (!wrapped) throw config.refuse('layer', 'a layer');
    return new TimeDistributed(options, context.createLayer(wrapped));
  },
};

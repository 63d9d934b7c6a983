import type { Tensor } from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { dropOut } from '../ops/drop-out.js';
import { type CallScope, Layer, type LayerOptions } from './layer.js';

/** A layer of attention, called on [query, value] or [query, value, key]: the mask that it passes on is the query's. */
export abstract class AttentionLayer extends Layer {
  /** Share of the attention weights that training drops; 0 for none. */
  protected readonly dropout: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.dropout = config.number('dropout', { min: 0, max: 1, otherwise: 0 });
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override passesMask([query = false]: readonly boolean[]): boolean {
    return query;
  }

  override get callArguments(): readonly string[] {
    return ['use_causal_mask'];
  }

  override get drawsRandom(): boolean {
    return this.dropout > 0 && this.dropout < 1;
  }

  /** The attention weights as the values meet them: in training, with some dropped. */
  protected dropped(scope: CallScope, weights: Tensor): Tensor {
    return scope.training && this.drawsRandom ? dropOut(weights, this.dropout, scope.seed()) : weights;
  }
}

import type { ConfigReader } from '../config/config-reader.js';
import type { Cell } from '../ops/recurrence.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { DenseRecurrentLayer } from './recurrent/dense-recurrent-layer.js';
import { simpleCell } from './recurrent/simple-cell.js';

/** The fully connected recurrent layer: its output is its only state. */
class SimpleRnn extends DenseRecurrentLayer {
  override readonly className = 'SimpleRNN';
  protected override readonly stateCount = 1;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(config, options, 1);
  }

  protected override cell(scope: CallScope, state: readonly number[]): Cell {
    return simpleCell(this.recurrentKernel(scope, state), this.activation);
  }
}

export const simpleRnn: LayerDefinition = { className: 'SimpleRNN', create: (config, options) => new SimpleRnn(config, options) };

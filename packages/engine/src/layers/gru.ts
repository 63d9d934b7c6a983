import * as tf from '@tensorflow/tfjs-core';

import { type GateActivation, readGateActivation } from '../activations/gate-activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import type { Cell } from '../ops/recurrence.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { DenseRecurrentLayer } from './recurrent/dense-recurrent-layer.js';
import { gruCell, splitCandidate } from './recurrent/gru-cell.js';
import { gruResetAfterCell } from './recurrent/gru-reset-after-cell.js';
import { product } from './recurrent/linear-map.js';
import { recurrentKernel } from './recurrent/recurrent-kernel.js';

/** Gated recurrent unit (Cho et al., 2014), with Keras's gates z, r, h. Its output is its only state. */
class Gru extends DenseRecurrentLayer {
  override readonly className = 'GRU';
  protected override readonly stateCount = 1;
  readonly #recurrentActivation: GateActivation;
  readonly #resetAfter: boolean;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(config, options, 3);
    this.#recurrentActivation = readGateActivation(config, 'recurrent_activation', 'hard_sigmoid');
    this.#resetAfter = config.boolean('reset_after', false);
  }

  /** With `reset_after`, one row for the input's part of the gates, one for the state's. */
  protected override biasSpec(width: number): WeightSpec {
    return { ...this.biasConfig, shape: this.#resetAfter ? [2, width] : [width] };
  }

  protected override inputBias(scope: CallScope): tf.Tensor | undefined {
    return this.#resetAfter ? this.#biasRow(scope, 0) : super.inputBias(scope);
  }

  protected override cell(scope: CallScope, state: readonly number[]): Cell {
    const activations = { candidate: this.activation, gate: this.#recurrentActivation };
    if (this.#resetAfter) return gruResetAfterCell(this.recurrentKernel(scope, state), this.#biasRow(scope, 1), activations);
    const [gates, candidate] = splitCandidate(scope.weight('recurrent_kernel'));
    const masks = this.recurrentMasks(scope, state);
    return gruCell(recurrentKernel(product, gates, masks.slice(0, 2)), recurrentKernel(product, candidate, masks.slice(-1)), activations);
  }

  #biasRow(scope: CallScope, row: number): tf.Tensor | undefined {
    if (!this.useBias) return undefined;
    const width = this.units * this.gates;
    return tf.reshape(tf.slice(scope.weight('bias'), [row, 0], [1, width]), [width]);
  }
}

export const gru: LayerDefinition = { className: 'GRU', create: (config, options) => new Gru(config, options) };

import { type GateActivation, readGateActivation } from '../activations/gate-activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { withUnitForgetBias } from '../initializers/unit-forget-bias.js';
import type { Cell } from '../ops/recurrence.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { DenseRecurrentLayer } from './recurrent/dense-recurrent-layer.js';
import { lstmCell } from './recurrent/lstm-cell.js';

/** Long short-term memory (Hochreiter & Schmidhuber, 1997), with Keras's gates i, f, c, o. States: output, memory. */
class Lstm extends DenseRecurrentLayer {
  override readonly className = 'LSTM';
  protected override readonly stateCount = 2;
  readonly #recurrentActivation: GateActivation;
  readonly #unitForgetBias: boolean;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(config, options, 4);
    this.#recurrentActivation = readGateActivation(config, 'recurrent_activation', 'hard_sigmoid');
    this.#unitForgetBias = config.boolean('unit_forget_bias', true);
  }

  protected override biasSpec(width: number): WeightSpec {
    const { initializer } = this.biasConfig;
    return { ...this.biasConfig, shape: [width], initializer: this.#unitForgetBias ? withUnitForgetBias(initializer) : initializer };
  }

  protected override cell(scope: CallScope, state: readonly number[]): Cell {
    return lstmCell(this.recurrentKernel(scope, state), this.activation, this.#recurrentActivation);
  }
}

export const lstm: LayerDefinition = { className: 'LSTM', create: (config, options) => new Lstm(config, options) };

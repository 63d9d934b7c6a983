import type * as tf from '@tensorflow/tfjs-core';

import { type GateActivation, readGateActivation } from '../../activations/gate-activation.js';
import type { ConfigReader } from '../../config/config-reader.js';
import type { Shape } from '../../shape.js';
import type { CallScope, LayerOptions, WeightSpec } from '../layer.js';
import { readWeight, type WeightConfig } from '../weight-config.js';
import { denseGates } from './dense-gates.js';
import { dropoutMasks } from './dropout-masks.js';
import { product } from './linear-map.js';
import { type RecurrentKernel, recurrentKernel } from './recurrent-kernel.js';
import { RecurrentLayer } from './recurrent-layer.js';

/** LSTM, GRU and SimpleRNN: steps are vectors, and every gate is a dense product of the input and of the state. */
export abstract class DenseRecurrentLayer extends RecurrentLayer {
  protected override readonly inputRank = 3;
  protected readonly units: number;
  protected readonly activation: GateActivation;
  protected readonly useBias: boolean;
  protected readonly biasConfig: WeightConfig;
  readonly #kernel: WeightConfig;
  readonly #recurrentKernel: WeightConfig;

  constructor(
    config: ConfigReader,
    options: LayerOptions,
    /** Number of gates. */
    protected readonly gates: number,
  ) {
    super(config, options);
    this.units = config.integer('units', { min: 1 });
    this.activation = readGateActivation(config, 'activation', 'tanh');
    this.useBias = config.boolean('use_bias', true);
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#recurrentKernel = readWeight(config, 'recurrent_kernel', 'orthogonal', 'recurrent');
    this.biasConfig = readWeight(config, 'bias', 'zeros');
  }

  override get loopsOverTime(): boolean {
    return true;
  }

  override weights([sequence = []]: readonly Shape[]): readonly WeightSpec[] {
    const width = this.units * this.gates;
    return [
      { ...this.#kernel, shape: [this.requireDimension(sequence, -1), width] },
      { ...this.#recurrentKernel, shape: [this.units, width] },
      ...(this.useBias ? [this.biasSpec(width)] : []),
    ];
  }

  protected biasSpec(width: number): WeightSpec {
    return { ...this.biasConfig, shape: [width] };
  }

  protected override stateShape(sequence: Shape): Shape {
    return [sequence[0] ?? null, this.units];
  }

  protected override project(scope: CallScope, sequence: tf.Tensor): tf.Tensor {
    const masks = dropoutMasks(scope, this.dropout, sequence.shape.slice(1), this.maskCount);
    return denseGates(sequence, scope.weight('kernel'), this.inputBias(scope), masks);
  }

  /** The bias that is added to the input's part of the gates. */
  protected inputBias(scope: CallScope): tf.Tensor | undefined {
    return this.useBias ? scope.weight('bias') : undefined;
  }

  /** The recurrent kernel, with dropout of the state before in training. */
  protected recurrentKernel(scope: CallScope, state: readonly number[]): RecurrentKernel {
    return recurrentKernel(product, scope.weight('recurrent_kernel'), this.recurrentMasks(scope, state));
  }

  protected recurrentMasks(scope: CallScope, state: readonly number[]): tf.Tensor[] {
    return dropoutMasks(scope, this.recurrentDropout, state, this.maskCount);
  }

  /** Keras's implementation 2 drops the same for all gates. */
  protected get maskCount(): number {
    return this.implementation === 2 ? 1 : this.gates;
  }
}

import type { JobRequestInput } from '@trainyard/protocol';
import { FEATURES, SEQUENCE } from './chaos-data.js';

type Model = JobRequestInput['model'];

/** A network, and which arrays of the data it takes. */
export interface Network {
  readonly model: Model;
  readonly x: 'x' | 'seq';
  readonly y: 'y' | readonly ['y', 'y3'];
  readonly loss: string | readonly string[];
  /** Whether states go on from batch to batch, so that rows keep their order and batches their size. */
  readonly stateful?: boolean;
}

const layer = (class_name: string, config: object) => ({ class_name, config });
const sequential = (...layers: ReturnType<typeof layer>[]): Model => ({ class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config: layers });
const input = { batch_input_shape: [null, FEATURES] };
const sigmoid = layer('Dense', { name: 'output', units: 1, activation: 'sigmoid' });

export const batchSize = 16;

const lstm = (config: object): Model => sequential(layer('LSTM', { name: 'lstm', units: 16, ...config }), sigmoid);

/** Each with what makes an exact resume hard: random numbers, moving statistics, states, several losses. */
export const networks = {
  sequential: { model: sequential(layer('Dense', { name: 'hidden', units: 32, activation: 'relu', ...input }), sigmoid), x: 'x', y: 'y', loss: 'binary_crossentropy' },
  dropout: {
    model: sequential(layer('Dense', { name: 'hidden', units: 32, activation: 'relu', ...input }), layer('Dropout', { name: 'dropout', rate: 0.3 }), layer('GaussianNoise', { name: 'noise', stddev: 0.1 }), sigmoid),
    x: 'x',
    y: 'y',
    loss: 'binary_crossentropy',
  },
  batch_normalization: {
    model: sequential(layer('Dense', { name: 'hidden', units: 32, ...input }), layer('BatchNormalization', { name: 'normalization', momentum: 0.9 }), layer('Activation', { name: 'relu', activation: 'relu' }), sigmoid),
    x: 'x',
    y: 'y',
    loss: 'binary_crossentropy',
  },
  two_outputs: { model: twoOutputs(), x: 'x', y: ['y', 'y3'], loss: ['binary_crossentropy', 'categorical_crossentropy'] },
  lstm: { model: lstm({ batch_input_shape: [null, ...SEQUENCE], dropout: 0.1, recurrent_dropout: 0.1 }), x: 'seq', y: 'y', loss: 'binary_crossentropy' },
  stateful_lstm: { model: lstm({ batch_input_shape: [batchSize, ...SEQUENCE], stateful: true }), x: 'seq', y: 'y', loss: 'binary_crossentropy', stateful: true },
} satisfies Record<string, Network>;

export type NetworkName = keyof typeof networks;

function twoOutputs(): Model {
  const node = (name: string): unknown[] => [[[name, 0, 0, {}]]];
  const named = (class_name: string, name: string, config: object, inbound: unknown[]) => ({ class_name, name, config: { name, ...config }, inbound_nodes: inbound });
  return {
    class_name: 'Model',
    keras_version: '2.0.8',
    backend: 'tensorflow',
    config: {
      name: 'two_outputs',
      layers: [
        named('InputLayer', 'features', { batch_input_shape: [null, FEATURES], dtype: 'float32', sparse: false }, []),
        named('Dense', 'shared', { units: 24, activation: 'tanh' }, node('features')),
        named('Dense', 'binary', { units: 1, activation: 'sigmoid' }, node('shared')),
        named('Dense', 'classes', { units: 3, activation: 'softmax' }, node('shared')),
      ],
      input_layers: [['features', 0, 0]],
      output_layers: [['binary', 0, 0], ['classes', 0, 0]],
    },
  };
}

import type { StepDefinition, VariableSpec } from '@trainyard/engine';
import type { Tensor } from '@tensorflow/tfjs-core';

import { TfAttrType } from '../eager/binding-constants.js';
import { Graph, only } from '../graph/graph.js';
import type { TfjsBackends } from '../graph/tfjs-backends.js';
import { Trace } from '../graph/trace.js';
import { readBuffer } from '../library/buffer.js';
import type { TfOutput } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';
import type { OpDefinitions } from '../protobuf/op-definitions.js';
import { tfDTypeOf } from '../tensors/dtypes.js';
import { addRowLoop } from './row-loop.js';
import { ServingScope } from './serving-scope.js';

/** A tensor that a served model takes or answers; `shape` is of one row. */
export interface ServedTensor {
  readonly name: string;
  readonly dtype: 'float32' | 'int32';
  readonly shape: readonly number[];
}

/** A model to be served by others. */
export interface ServedStep {
  readonly inputs: readonly ServedTensor[];
  readonly outputs: readonly Pick<ServedTensor, 'name' | 'dtype'>[];
  readonly weights: readonly VariableSpec[];
  /** What stateful layers carry from batch to batch: cleared in each call. */
  readonly states: readonly VariableSpec[];
  /** The only number of rows that it takes; undefined: any. */
  readonly rows: number | undefined;
  /** What is made of so many rows; its feeds are the inputs, in their order. */
  step(rows: number): StepDefinition;
}

/** A model as a graph. */
export interface ServingGraph {
  /** A GraphDef: see `servingNodes`. */
  readonly graphDef: Uint8Array;
  /** The shape of a row of each output. */
  readonly outputShapes: readonly (readonly number[])[];
}

/** The names of a serving graph's nodes. */
export const servingNodes = {
  input: (i: number): string => `inputs/${i}`,
  output: (i: number): string => `outputs/${i}`,
  weight: (i: number): string => `weights/${i}`,
};

/** Rows that a turn of the loop takes: so many as long as there are so many, then fewer. */
const sizes = [64, 8, 1];

/**
 * Records a model as a graph of its own: from placeholders for its inputs to its outputs, for any number of rows. Its weights are
 * placeholders, too.
 */
export function servingGraph({ tensorflow, definitions, backends }: { tensorflow: TensorFlow; definitions: OpDefinitions; backends: TfjsBackends }, served: ServedStep): ServingGraph {
  const graph = new Graph(tensorflow);
  try {
    const placeholder = (name: string, dtype: VariableSpec['dtype'], shape: readonly number[]): TfOutput =>
      only(graph.add({ type: 'Placeholder', name, attributes: [{ name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[dtype] }, { name: 'shape', type: TfAttrType.SHAPE, value: [...shape] }] }));
    const inputs = served.inputs.map(({ dtype, shape }, i) => placeholder(servingNodes.input(i), dtype, [served.rows ?? -1, ...shape]));
    const weights = served.weights.map(({ dtype, shape }, i) => placeholder(servingNodes.weight(i), dtype, shape));
    const trace = new Trace(graph, definitions, 'serve', { relaxed: true });
    const record = (into: Trace, rows: number, x: readonly TfOutput[], w: readonly TfOutput[]): TfOutput[] =>
      backends.traceInside(into, () => {
        const step = served.step(rows);
        const tensor = (output: TfOutput): Tensor => backends.tensorOf('a placeholder', output);
        const feeds = new Map(step.feeds.map(({ name }, i) => [name, tensor(x[i] as TfOutput)]));
        const values = new Map(served.weights.map(({ name }, i) => [name, tensor(w[i] as TfOutput)]));
        return step.build(new ServingScope(step, feeds, values, served.states)).map((answer) => backends.outputOf(answer));
      });
    const answers = backends.trace(trace, () => {
      if (served.rows === undefined) return addRowLoop(trace, { ...typesOf(served), sizes, record }, inputs, weights).map(({ output, type }) => ({ output, shape: type.shape }));
      return record(trace, served.rows, inputs, weights).map((output) => ({ output, shape: trace.describe('an output', output).shape.slice(1) }));
    });
    answers.forEach(({ output }, i) => graph.add({ type: 'Identity', name: servingNodes.output(i), inputs: [output] }));
    const { api } = tensorflow;
    const buffer = api.newBuffer();
    tensorflow.checked('the graph for serving', (status) => api.graphToGraphDef(graph.pointer, buffer, status));
    return { graphDef: readBuffer(tensorflow, buffer), outputShapes: answers.map(({ shape }) => shape) };
  } finally {
    graph.dispose();
  }
}

function typesOf({ inputs, outputs, weights }: ServedStep) {
  const typeOf = ({ dtype, shape }: Pick<ServedTensor, 'dtype' | 'shape'>) => ({ dtype: tfDTypeOf[dtype], shape });
  return { inputs: inputs.map(typeOf), outputs: outputs.length, constants: weights.map(typeOf) };
}

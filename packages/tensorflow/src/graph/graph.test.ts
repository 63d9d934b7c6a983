import { ndarray } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TfAttrType } from '../eager/binding-constants.js';
import { findLibrary } from '../library/find-library.js';
import { TensorFlowError } from '../library/tensorflow-error.js';
import { loadTensorFlow } from '../library/tensorflow.js';
import { TfDType } from '../tensors/dtypes.js';
import { Graph, only } from './graph.js';

const tensorflow = loadTensorFlow(findLibrary(process.env));
const FLOAT = { name: 'dtype', type: TfAttrType.TYPE, value: TfDType.FLOAT };
let graph: Graph;
beforeEach(() => {
  graph = new Graph(tensorflow);
});
afterEach(() => graph.dispose());

const placeholder = (name: string, shape: number[]) => only(graph.add({ type: 'Placeholder', name, attributes: [FLOAT, { name: 'shape', type: TfAttrType.SHAPE, value: shape }] }));

describe('Graph', () => {
  it('infers dtypes and shapes, as far as they can be known', () => {
    const [a, b] = [placeholder('a', [2, 3]), placeholder('b', [3, -1])];
    const product = only(graph.add({ type: 'MatMul', name: 'product', inputs: [a, b] }));
    expect(graph.shapeOf(product)).toEqual([2, -1]);
    expect(graph.dtypeOf(product)).toBe(TfDType.FLOAT);
    const unknown = only(graph.add({ type: 'Placeholder', name: 'unknown', attributes: [FLOAT] }));
    expect(graph.shapeOf(unknown)).toBeUndefined();
    expect(graph.shapeOf(graph.constant('c', ndarray('int32', [], Int32Array.of(1))))).toEqual([]);
    expect(graph.operationCount).toBe(5);
  });

  it('tells what takes an output', () => {
    const a = placeholder('a', [2]);
    expect(graph.consumersOf(a)).toEqual([]);
    const sum = graph.add({ type: 'AddV2', name: 'sum', inputs: [a, a] });
    const square = graph.add({ type: 'Square', name: 'square', inputs: [a] });
    expect(graph.consumersOf(a).toSorted()).toEqual([sum.pointer, square.pointer].toSorted());
  });

  it('passes on why an operation was refused, and takes the next one', () => {
    const a = placeholder('a', [2]);
    expect(() => graph.add({ type: 'AddV2', name: 'sum', inputs: [a] })).toThrow(TensorFlowError);
    expect(() => placeholder('a', [2])).toThrow("Duplicate node name in graph: 'a'");
    expect(() => graph.add({ type: 'Cast', name: 'cast', inputs: [a], attributes: [{ name: 'DstT', type: TfAttrType.TYPE, value: 'float32' }] })).toThrow(
      'cast (Cast): expected a number as the attribute DstT, received "float32"',
    );
    expect(graph.add({ type: 'Square', name: 'square', inputs: [a] }).outputs).toHaveLength(1);
  });
});

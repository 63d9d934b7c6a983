import { TfAttrType } from '../eager/binding-constants.js';
import { FunctionBuilder } from '../graph/function-builder.js';
import { only } from '../graph/graph.js';
import type { Trace } from '../graph/trace.js';
import type { TfOutput } from '../library/native.js';
import { TfDType } from '../tensors/dtypes.js';

/** Arrays of any number of rows; shapes are of one row. */
export interface RowsType {
  readonly dtype: number;
  readonly shape: readonly number[];
}

export interface RowLoop {
  readonly inputs: readonly RowsType[];
  /** How many outputs there are. */
  readonly outputs: number;
  /** What each turn takes besides, whole. */
  readonly constants: readonly { readonly dtype: number; readonly shape: readonly number[] }[];
  /** How many rows a turn takes, the most first; the last one is 1. */
  readonly sizes: readonly number[];
  /** Records, into `trace`, what is made of `rows` rows. */
  readonly record: (trace: Trace, rows: number, inputs: readonly TfOutput[], constants: readonly TfOutput[]) => readonly TfOutput[];
}

const listShape = { name: 'shape_type', type: TfAttrType.TYPE, value: TfDType.INT32 };
const elementType = ({ dtype }: RowsType) => ({ name: 'element_dtype', type: TfAttrType.TYPE, value: dtype });
/** Elements of a list of outputs are of different numbers of rows. */
const elementShape = (trace: Trace, { shape }: RowsType): TfOutput => trace.integers([-1, ...shape]);

/**
 * Adds what makes outputs of inputs of any number of rows, out of what is recorded for fixed numbers of them: a loop for each size,
 * which goes on as long as so many rows are left. A traced graph has its numbers of rows in it, in places without number; that each
 * row is treated for itself is what makes the loop right.
 *
 * @returns the outputs, and what a row of each is.
 */
export function addRowLoop(trace: Trace, loop: RowLoop, inputs: readonly TfOutput[], constants: readonly TfOutput[]): { readonly output: TfOutput; readonly type: RowsType }[] {
  const [first] = inputs;
  if (!first) throw new RangeError('a loop over rows: expected at least one input, received none');
  const rows = rowsOf(trace, first);
  const turns = loop.sizes.map((size) => ({ size, ...recordTurn(trace, loop, size) }));
  const types = turns.at(-1)?.types ?? [];
  const empty = types.map((type) => only(trace.add({ type: 'EmptyTensorList', inputs: [elementShape(trace, type), trace.integer(-1)], attributes: [elementType(type), listShape] })));
  let variables: readonly TfOutput[] = [trace.integer(0), rows, ...empty, ...inputs, ...constants];
  for (const { size, body } of turns) variables = addLoop(trace, { cond: recordCondition(trace, loop, size), body }, variables);
  return types.map((type, i) => ({ type, output: concatList(trace, type, variables[2 + i] as TfOutput) }));
}

function rowsOf(trace: Trace, input: TfOutput): TfOutput {
  const shape = only(trace.add({ type: 'Shape', inputs: [input] }));
  const [zero, one] = [trace.integers([0]), trace.integers([1])];
  return only(trace.add({ type: 'StridedSlice', inputs: [shape, zero, one, one], attributes: [{ name: 'shrink_axis_mask', type: TfAttrType.INT, value: 1 }] }));
}

function addLoop(trace: Trace, functions: { readonly cond: string; readonly body: string }, variables: readonly TfOutput[]): readonly TfOutput[] {
  return trace.add({
    type: 'While',
    inputs: [variables],
    functions,
    attributes: [
      { name: '_lower_using_switch_merge', type: TfAttrType.BOOL, value: true },
      { name: 'parallel_iterations', type: TfAttrType.INT, value: 1 },
    ],
  }).outputs;
}

/** The loop's variables as parameters of its functions, in their order. */
function parametersOf(fn: FunctionBuilder, { inputs, outputs, constants }: RowLoop) {
  return {
    start: fn.parameter(TfDType.INT32, []),
    rows: fn.parameter(TfDType.INT32, []),
    lists: Array.from({ length: outputs }, () => fn.parameter(TfDType.VARIANT, [])),
    inputs: inputs.map(({ dtype, shape }) => fn.parameter(dtype, [-1, ...shape])),
    constants: constants.map(({ dtype, shape }) => fn.parameter(dtype, shape)),
  };
}

function recordCondition(outer: Trace, loop: RowLoop, size: number): string {
  const fn = new FunctionBuilder(outer);
  try {
    const { trace } = fn;
    const { start, rows } = parametersOf(fn, loop);
    const end = only(trace.add({ type: 'AddV2', inputs: [start, trace.integer(size)] }));
    return fn.finish('rows_left', [only(trace.add({ type: 'LessEqual', inputs: [end, rows] }))]);
  } finally {
    fn.dispose();
  }
}

/** A turn as a function, and what a row of each output is. */
function recordTurn(outer: Trace, loop: RowLoop, size: number): { readonly body: string; readonly types: readonly RowsType[] } {
  const fn = new FunctionBuilder(outer);
  try {
    const { trace } = fn;
    const { start, rows, lists, inputs, constants } = parametersOf(fn, loop);
    const taken = inputs.map((input, i) => sliceRows(trace, input, start, [size, ...(loop.inputs[i] as RowsType).shape]));
    const outputs = loop.record(trace, size, taken, constants);
    const types = outputs.map((output): RowsType => {
      const { dtype, shape } = trace.describe('an output', output);
      return { dtype, shape: shape.slice(1) };
    });
    const longer = lists.map((list, i) => only(trace.add({ type: 'TensorListPushBack', inputs: [list, outputs[i] as TfOutput], attributes: [elementType(types[i] as RowsType)] })));
    const next = only(trace.add({ type: 'AddV2', inputs: [start, trace.integer(size)] }));
    return { body: fn.finish('rows', [next, rows, ...longer, ...inputs, ...constants]), types };
  } finally {
    fn.dispose();
  }
}

function sliceRows(trace: Trace, input: TfOutput, start: TfOutput, size: readonly number[]): TfOutput {
  const zero = trace.integer(0);
  const begin = only(trace.add({ type: 'Pack', inputs: [[start, ...size.slice(1).map(() => zero)]], attributes: [{ name: 'axis', type: TfAttrType.INT, value: 0 }] }));
  return only(trace.add({ type: 'Slice', inputs: [input, begin, trace.integers(size)] }));
}

function concatList(trace: Trace, type: RowsType, list: TfOutput): TfOutput {
  const leading = trace.constant({ dtype: 'int64', shape: [0], data: new BigInt64Array() });
  const { outputs } = trace.add({ type: 'TensorListConcatV2', inputs: [list, elementShape(trace, type), leading], attributes: [elementType(type), listShape] });
  return outputs[0] as TfOutput;
}

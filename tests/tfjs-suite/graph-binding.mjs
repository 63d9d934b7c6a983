// For `--traced`: a binding that adds every op to a TensorFlow graph, as the tracer does, and runs the graph when a spec reads a tensor.
// Each op runs eagerly as well, and whatever a spec reads is compared: tracing must not change a result.
// The parts under test are the package's own (dist/graph, dist/session); a train step uses them to run many ops at once instead.
import { findLibrary } from '@trainyard/tensorflow';

import { compareValues } from './compare-values.mjs';
import { hostBytes, tfDTypeOfTfjs } from '../../packages/tensorflow/dist/eager/host-values.js';
import { Graph, only } from '../../packages/tensorflow/dist/graph/graph.js';
import { Trace } from '../../packages/tensorflow/dist/graph/trace.js';
import { loadTensorFlow } from '../../packages/tensorflow/dist/library/tensorflow.js';
import { OpDefinitions } from '../../packages/tensorflow/dist/protobuf/op-definitions.js';
import { RunPlan } from '../../packages/tensorflow/dist/session/run-plan.js';
import { RunSlot } from '../../packages/tensorflow/dist/session/run-slot.js';
import { Session } from '../../packages/tensorflow/dist/session/session.js';
import { dtypeOf, tfDTypeOf } from '../../packages/tensorflow/dist/tensors/dtypes.js';

/** Ids from here on are the graph's; those below belong to the eager binding, which keeps strings and complex numbers. */
const FIRST_ID = 1e9;
/** A session is made for each read, and prunes its graph: a new graph from time to time keeps that quick. */
const OPS_PER_GRAPH = 200;
/** Ops that draw numbers: no two runs give the same, nor does what is computed of them. */
const RANDOM = /^(Stateless)?(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal)/;

/** Makes tfjs's `tensorflow` backend trace. Answers how many ops were traced, which could not be, and how many reads were compared. */
export function traceInstead(binding) {
  const tensorflow = loadTensorFlow(findLibrary(process.env));
  const definitions = new OpDefinitions(tensorflow);
  const eager = {
    createTensor: binding.createTensor.bind(binding),
    deleteTensor: binding.deleteTensor.bind(binding),
    tensorDataSync: binding.tensorDataSync.bind(binding),
    executeOp: binding.executeOp.bind(binding),
  };
  const counts = { traced: 0, untraced: {}, compared: 0 };
  const tensors = new Map();
  let nextId = FIRST_ID;
  let trace;

  function begin() {
    trace = new Trace(new Graph(tensorflow), definitions, 'spec');
  }

  /** The values of a node, by a session of its own. */
  function run(graph, output, shape) {
    const identity = only(graph.add({ type: 'Identity', name: `read/${nextId++}`, inputs: [output] }));
    const plan = new RunPlan(tensorflow, [], [{ output: identity, dtype: dtypeOf(graph.dtypeOf(output)), shape }], []);
    const slot = new RunSlot(tensorflow, plan);
    const session = new Session(tensorflow, graph, {});
    try {
      tensorflow.api.sessionRun(session.pointer, null, plan.inputs, slot.inputValues, 0, plan.outputs, slot.outputValues, 1, plan.targets, 0, null, slot.status);
      tensorflow.check('reading a tensor', slot.status);
      return slot.take()[0];
    } finally {
      for (const owner of [session, slot, plan]) owner.dispose();
    }
  }

  function valueOf(id) {
    const tensor = tensors.get(id);
    if (tensor.value) return tensor.value;
    tensor.value = run(tensor.graph, tensor.output, tensor.shape);
    if (tensor.eager !== undefined) {
      counts.compared++;
      const difference = compareValues(tensor.value, eager.tensorDataSync(tensor.eager));
      if (difference) throw new Error(`traced ${tensor.op} differs from the eager one: ${difference}`);
    }
    return tensor.value;
  }

  /** The eager tensors that stand beside traced ones; undefined where one of them has none. */
  function eagerOutputs(name, attributes, ids, outputCount) {
    const inputs = ids.map((id) => tensors.get(id).eager);
    if (RANDOM.test(name) || inputs.includes(undefined)) return undefined;
    return eager.executeOp(name, attributes, inputs, outputCount).map((output) => output.id);
  }

  /** The node of the current graph for a tensor; what another graph computed enters as a constant. */
  function nodeOf(id) {
    const tensor = tensors.get(id);
    return tensor.graph === trace.graph ? tensor.output : trace.constant(valueOf(id));
  }

  function eagerId(id) {
    if (id < FIRST_ID) return id;
    const { dtype, shape, data } = valueOf(id);
    return eager.createTensor(shape, tfDTypeOf[dtype], dtype === 'int64' ? new Int32Array(data.buffer) : data);
  }

  function executeEagerly(name, attributes, ids, outputCount) {
    counts.untraced[name] = (counts.untraced[name] ?? 0) + 1;
    return eager.executeOp(name, attributes, ids.map(eagerId), outputCount);
  }

  begin();
  return Object.assign(binding, {
    counts,
    createTensor(shape, dtype, values) {
      const ours = dtypeOf(tfDTypeOfTfjs(dtype));
      if (!ours) return eager.createTensor(shape, dtype, values);
      const value = { dtype: ours, shape: [...shape], data: hostBytes(tfDTypeOfTfjs(dtype), shape, values).slice() };
      tensors.set(nextId, { value, eager: eager.createTensor(shape, dtype, values) });
      return nextId++;
    },
    deleteTensor(id) {
      if (id < FIRST_ID) return eager.deleteTensor(id);
      const beside = tensors.get(id)?.eager;
      tensors.delete(id);
      if (beside !== undefined) eager.deleteTensor(beside);
    },
    tensorDataSync: (id) => (id < FIRST_ID ? eager.tensorDataSync(id) : valueOf(id).data.slice()),
    executeOp(name, attributes, ids, outputCount) {
      if (ids.some((id) => id < FIRST_ID)) return executeEagerly(name, attributes, ids, outputCount);
      if (trace.nodeCount > OPS_PER_GRAPH) begin();
      const { graph } = trace;
      const outputs = trace.execute(name, attributes, ids.map(nodeOf), outputCount);
      const shapes = outputs.map((output) => graph.shapeOf(output));
      const known = outputs.every((output, i) => dtypeOf(graph.dtypeOf(output)) && shapes[i]?.every((dimension) => dimension >= 0));
      if (!known) return executeEagerly(name, attributes, ids, outputCount);
      counts.traced++;
      const beside = eagerOutputs(name, attributes, ids, outputCount);
      return outputs.map((output, i) => {
        tensors.set(nextId, { graph, output, shape: shapes[i], op: name, eager: beside?.[i] });
        return { id: nextId++, shape: shapes[i], dtype: graph.dtypeOf(output) };
      });
    },
  });
}

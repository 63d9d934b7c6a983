import type { Model, Node } from '@trainyard/engine';

/**
 * A model's layers and what they are called on as a serialized TensorFlow `GraphDef`, for TensorBoard's graph page: a
 * node for each call of a layer, whose op is the layer's class.
 */
export function layerGraph(model: Model): Uint8Array {
  const nodes = model.nodes.map((node) => message(1, nodeDef(node)));
  const versions = message(4, Buffer.from([0x08, 0x15])); // GraphDef.versions.producer = 21: what reads a bare graph
  return Buffer.concat([...nodes, versions]);
}

/** NodeDef: name = 1, op = 2, input = 3. */
function nodeDef(node: Node): Buffer {
  const inputs = node.inputs.map(({ node: from, tensor }) => (tensor === 0 ? nameOf(from) : `${nameOf(from)}:${tensor}`));
  return Buffer.concat([text(1, nameOf(node)), text(2, node.layer.className), ...inputs.map((input) => text(3, input))]);
}

/** Keras's name of a call: the layer's, with the number of the call from the second on. */
function nameOf({ layer, index }: Node): string {
  const name = layer.name.replace(/[^A-Za-z0-9_.\\/>-]/g, '_');
  return index === 0 ? name : `${name}_${index}`;
}

const text = (field: number, value: string): Buffer => message(field, Buffer.from(value));

/** A field of bytes: its number with wire type 2, its length as a varint, the bytes. */
function message(field: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length, rest]), bytes]);
}

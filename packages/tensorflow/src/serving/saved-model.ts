import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { bytesOf, type NdArray } from '@trainyard/ndarray';

import { TENSORFLOW_VERSION } from '../library/find-library.js';
import { tfDTypeOf } from '../tensors/dtypes.js';
import { servingNodes, type ServedStep, type ServedTensor, type ServingGraph } from './serving-graph.js';

/** What a message of protocol buffers may have at most. */
const MAX_BYTES = 2 ** 31 - 1;

/** The model is too large for one message of protocol buffers. */
export class SavedModelTooLargeError extends Error {
  override readonly name = 'SavedModelTooLargeError';
  constructor(bytes: number) {
    super(`a SavedModel with its weights in its graph has at most ${MAX_BYTES} bytes, this one would have ${bytes}`);
  }
}

/** A message, as bytes behind each other that nobody has put together yet. */
type Pieces = readonly Uint8Array[];

const sizeOfPieces = (pieces: Pieces): number => pieces.reduce((sum, { length }) => sum + length, 0);

/**
 * `saved_model.pb` (saved_model.proto) with the tag `serve` and the signature `serving_default`, whose inputs and outputs are called
 * as the model's. The weights are constants of its graph, so there is no `variables/`.
 *
 * @param weights values of `served.weights`, in their order. Their bytes are not copied.
 * @returns its bytes, piece by piece.
 * @throws SavedModelTooLargeError
 */
export function savedModel(served: ServedStep, { graphDef: graph, outputShapes }: ServingGraph, weights: readonly NdArray[]): Pieces {
  const graphDef = [...withoutPlaceholders(graph, weights.length), ...weights.flatMap((array, i) => nested(1, constant(servingNodes.weight(i), array)))];
  const metaInfo = new BinaryWriter().tag(4, WireType.LengthDelimited).string('serve').tag(5, WireType.LengthDelimited).string(TENSORFLOW_VERSION).finish();
  const entry = [text(1, 'serving_default'), ...nested(2, [signature(served, outputShapes)])];
  const metaGraph = [...nested(1, [metaInfo]), ...nested(2, graphDef), ...nested(5, entry)];
  const version = new BinaryWriter().tag(1, WireType.Varint).int64(1).finish();
  const message = [version, ...nested(2, metaGraph)];
  const bytes = sizeOfPieces(message);
  if (bytes > MAX_BYTES) throw new SavedModelTooLargeError(bytes);
  return message;
}

/** A field that is a message. */
function nested(field: number, pieces: Pieces): Pieces {
  return [new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(sizeOfPieces(pieces)).finish(), ...pieces];
}

const text = (field: number, value: string): Uint8Array => new BinaryWriter().tag(field, WireType.LengthDelimited).string(value).finish();

/** The graph's fields but for the nodes whose place the constants take. */
function withoutPlaceholders(graph: Uint8Array, weights: number): Pieces {
  const replaced = new Set(Array.from({ length: weights }, (_, i) => servingNodes.weight(i)));
  const kept: Uint8Array[] = [];
  const reader = new BinaryReader(graph);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    const isNode = field === 1 && wireType === WireType.LengthDelimited;
    const node = isNode ? reader.bytes() : undefined;
    if (!isNode) reader.skip(wireType, field);
    if (!node || !replaced.has(nameOf(node))) kept.push(graph.subarray(start, reader.pos));
  }
  return kept;
}

/** `name` of a NodeDef: its first field. */
function nameOf(node: Uint8Array): string {
  const reader = new BinaryReader(node);
  const [field] = reader.tag();
  return field === 1 ? reader.string() : '';
}

/** A NodeDef of a Const. */
function constant(name: string, { dtype, shape, data }: NdArray): Pieces {
  const type = tfDTypeOf[dtype];
  const content = bytesOf(data);
  const tensor = [new BinaryWriter().tag(1, WireType.Varint).int32(type).finish(), ...nested(2, [shapeProto(shape)]), ...nested(4, [content])];
  const attribute = (key: string, value: Pieces): Pieces => nested(5, [text(1, key), ...nested(2, value)]);
  return [text(1, name), text(2, 'Const'), ...attribute('dtype', [new BinaryWriter().tag(6, WireType.Varint).int32(type).finish()]), ...attribute('value', nested(8, tensor))];
}

/** A TensorShapeProto; -1 is a dimension that is free. */
function shapeProto(shape: readonly number[]): Uint8Array {
  const proto = new BinaryWriter();
  for (const size of shape) proto.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int64(size).join();
  return proto.finish();
}

/** A SignatureDef. */
function signature({ inputs, outputs, rows }: ServedStep, outputShapes: ServingGraph['outputShapes']): Uint8Array {
  const proto = new BinaryWriter();
  const tensors = (field: number, all: readonly ServedTensor[], node: (i: number) => string): void =>
    all.forEach(({ name, dtype, shape }, i) => {
      proto.tag(field, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name);
      // A TensorInfo.
      proto.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(`${node(i)}:0`).tag(2, WireType.Varint).int32(tfDTypeOf[dtype]);
      proto.tag(3, WireType.LengthDelimited).bytes(shapeProto([rows ?? -1, ...shape])).join().join();
    });
  tensors(1, inputs, servingNodes.input);
  tensors(2, outputs.map((output, i) => ({ ...output, shape: outputShapes[i] ?? [] })), servingNodes.output);
  return proto.tag(3, WireType.LengthDelimited).string('tensorflow/serving/predict').finish();
}

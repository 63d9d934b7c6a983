import { readBuffer } from '../library/buffer.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { readFields, textOf } from './reader.js';

/** One input of an op: a single tensor or a list of them. */
export interface InputDefinition {
  readonly name: string;
  /** Set when the input is a list: the attribute that holds how many, or the types of all. */
  readonly listAttribute?: string;
  /** The attributes that TensorFlow works out from what is connected: they are not set by hand. */
  readonly inferredAttributes: readonly string[];
}

/** What building a graph needs to know of an op. */
export interface OpDefinition {
  readonly name: string;
  readonly inputs: readonly InputDefinition[];
  /** The attributes that TensorFlow infers from the inputs. */
  readonly inferred: ReadonlySet<string>;
}

// op_def.proto
const OP_LIST_OP = 1;
const OP_NAME = 1;
const OP_INPUT_ARG = 2;
const ARG_NAME = 1;
const ARG_TYPE_ATTR = 4;
const ARG_NUMBER_ATTR = 5;
const ARG_TYPE_LIST_ATTR = 6;

/** The definitions of every op that the library registers, from the library itself (TF_GetAllOpList). */
export class OpDefinitions {
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #decoded = new Map<string, OpDefinition>();

  constructor(tensorflow: TensorFlow) {
    for (const op of readFields(readBuffer(tensorflow, tensorflow.api.getAllOpList()))) {
      if (op.number !== OP_LIST_OP || typeof op.value === 'number') continue;
      for (const field of readFields(op.value)) {
        if (field.number !== OP_NAME) continue;
        this.#bytes.set(textOf(field), op.value);
        break;
      }
    }
  }

  get size(): number {
    return this.#bytes.size;
  }

  /**
   * @throws Error when the library has no such op.
   */
  get(name: string): OpDefinition {
    const known = this.#decoded.get(name);
    if (known) return known;
    const bytes = this.#bytes.get(name);
    if (!bytes) throw new Error(`TensorFlow has no op ${name}`);
    const definition = decode(name, bytes);
    this.#decoded.set(name, definition);
    return definition;
  }
}

const known = new WeakMap<TensorFlow, OpDefinitions>();

/** The library's definitions, read once: there are 1,500 of them, which takes 15 to 70 ms. */
export function opDefinitions(tensorflow: TensorFlow): OpDefinitions {
  let definitions = known.get(tensorflow);
  if (!definitions) known.set(tensorflow, (definitions = new OpDefinitions(tensorflow)));
  return definitions;
}

function decode(name: string, bytes: Uint8Array): OpDefinition {
  const inputs: InputDefinition[] = [];
  for (const { number, value } of readFields(bytes)) if (number === OP_INPUT_ARG && typeof value !== 'number') inputs.push(decodeInput(value));
  return { name, inputs, inferred: new Set(inputs.flatMap((input) => input.inferredAttributes)) };
}

function decodeInput(bytes: Uint8Array): InputDefinition {
  let name = '';
  let listAttribute: string | undefined;
  const inferredAttributes: string[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === ARG_NAME) name = textOf(field);
    if (field.number === ARG_TYPE_ATTR) inferredAttributes.push(textOf(field));
    if (field.number === ARG_NUMBER_ATTR || field.number === ARG_TYPE_LIST_ATTR) {
      listAttribute = textOf(field);
      inferredAttributes.push(listAttribute);
    }
  }
  return listAttribute === undefined ? { name, inferredAttributes } : { name, listAttribute, inferredAttributes };
}

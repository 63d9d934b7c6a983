import { FormatError } from '../../../format-error.js';
import { isJsonObject, quote, type JsonObject } from '../../../json.js';
import type { LayerDescription, ModelDescription } from '../../model-description.js';
import { parseFunctional } from './functional.js';
import { expectName } from './fields.js';
import { parseSequential } from './sequential.js';

/** Layers of a model, nested ones and wrapped ones included, beyond which it is refused. */
export const MAX_LAYERS = 20_000;

/** Tensors that all the layers' calls take, beyond which a model is refused: five for each layer of the largest. */
export const MAX_INBOUND = 100_000;

/** A layer's object as a file has it. */
export interface WrittenLayer {
  className: string;
  name: string;
  config: JsonObject;
  /** JSON pointer of the layer's object. */
  pointer: string;
}

/** What a version of Keras that keeps models in the same tree (1.x and 2.x) says in words of its own. */
export interface Dialect {
  /** A layer in Keras 2's words. @throws FormatError where Keras 2 has no words for it. */
  layer(layer: WrittenLayer): Pick<LayerDescription, 'className' | 'config' | 'sourceNames'>;
  /** A Sequential that is more than a list of layers; undefined for any other. */
  sequential?(source: JsonObject, pointer: string, parse: TreeParse, name?: string): ModelDescription | undefined;
}

/** What the parts of one parse share. */
export interface Parse {
  readonly kerasVersion: string;
  /** Counts a layer. @throws FormatError `too_large` at the first layer beyond the limit. */
  countLayer(pointer: string): void;
  /** Counts the tensors of a call. @throws FormatError `too_large` at the first call beyond the limit. */
  countInbound(tensors: number, pointer: string): void;
  /** `sequential_1`, `sequential_2`, …: Keras 2.0 stores no name for a Sequential, and names it so when it loads it. */
  nextSequentialName(): string;
}

/** The same, for a tree of Keras 1 or 2. */
export interface TreeParse extends Parse {
  readonly dialect: Dialect;
}

/** Counts and names for one model. */
export function createParse(kerasVersion: string): Parse {
  let layers = 0;
  let inbound = 0;
  let sequentials = 0;
  return {
    kerasVersion,
    countLayer(pointer) {
      layers += 1;
      if (layers > MAX_LAYERS) throw new FormatError('too_large', pointer, `expected a model of at most ${MAX_LAYERS} layers, received more`);
    },
    countInbound(tensors, pointer) {
      inbound += tensors;
      if (inbound > MAX_INBOUND) throw new FormatError('too_large', pointer, `expected calls on at most ${MAX_INBOUND} tensors in the whole model, received more`);
    },
    nextSequentialName: () => `sequential_${++sequentials}`,
  };
}

/** Reads a model's tree of layers, each in the words of a dialect. */
export function parseTree(source: JsonObject, kerasVersion: string, dialect: Dialect): ModelDescription {
  const parse: TreeParse = { ...createParse(kerasVersion), dialect };
  const model = parseModelObject(source, '', parse);
  if (model) return model;
  throw new FormatError('unknown_class', '/class_name', `expected "Sequential" or "Model", received ${quote(source['class_name'])}`);
}

/**
 * A model's object at any depth; undefined where its class is that of a layer.
 * @param name the name that a functional parent gives it; a Sequential's own object may have none.
 */
export function parseModelObject(source: JsonObject, pointer: string, parse: TreeParse, name?: string): ModelDescription | undefined {
  const className = expectName(source, 'class_name', pointer, 'the name of a class');
  if (className === 'Sequential') return parse.dialect.sequential?.(source, pointer, parse, name) ?? parseSequential(source, pointer, parse, name);
  // Keras 2.3 on call a model made of layers' outputs `Functional`; the class is the one that 2.0 calls `Model`.
  if (className === 'Model' || className === 'Functional') return parseFunctional(source, pointer, parse);
  return undefined;
}

/** A layer's config as a record: `{}` for the list that Keras 2.0 writes for a nested Sequential. */
export function configRecord(config: unknown): JsonObject {
  return isJsonObject(config) ? config : {};
}

import type { CompiledModel } from '../compile/compile-model.js';
import { InputLayer } from '../layers/input-layer.js';
import type { Layer } from '../layers/layer.js';
import { Wrapper } from '../layers/wrappers/wrapper.js';
import { Model } from '../model/model.js';
import { countParams } from '../model/weight-ref.js';
import type { Shape } from '../shape.js';

const FLOAT = 4;

/** Node and libtensorflow with a small graph, resident (`node scripts/measure-memory.mjs tiny`). */
const BASE_PREDICT = 410 * 2 ** 20;
const BASE_TRAIN = 430 * 2 ** 20;

/** Bytes in memory for each byte of an .h5 file while it is written: 2.9 and 3.1 (`node scripts/measure-memory.mjs wide_mlp embedding`). */
const FILE_COPIES = 3;

/** The variable, the array that came from a file, and the copy on its way between them: 4096² weights took 304 MiB for 101. */
const LOADED_COPIES = 3;

/** A layer's input and its output are there at once. */
const LIVE_LAYERS = 2;

export interface MemoryEstimate {
  /** Resident bytes of a process that trains on batches of this size, and writes whole-model files. */
  readonly train_bytes: number;
  /** Resident bytes of a process that predicts on batches of this size. */
  readonly predict_bytes: number;
  /** What they are made of. */
  readonly parts: {
    readonly weights: number;
    readonly gradients: number;
    readonly optimizer: number;
    /** Kept of a batch for the backward pass, gradients of it included. */
    readonly activations: number;
    /** The most that two layers in a row give for a batch. */
    readonly live: number;
    readonly checkpoint: number;
  };
}

/**
 * What a model takes in memory, by its shapes alone: nothing is allocated, whatever the sizes.
 *
 *     train   = base + weights + slots + gradients + max(activations, checkpoint)
 *     predict = base + 3 · weights + the largest input and output of a layer
 *
 * with float32s: weights, gradients of the trainable ones, the optimizer's slots; for each call the output and what the layer
 * keeps besides (`Layer.keptPerRow`; a recurrent layer's gates and states at each step), twice: each has a gradient on the
 * way back. A file is written between batches and takes three times its size. Unknown dimensions (None besides the batch)
 * count as 1: give `assumedLength` for sequences and images of any size. Six models that were measured took between 0.8 and
 * 1.25 times as much (scripts/measure-memory.mjs).
 * @param compiled for the optimizer's slots; without it two for each weight, as Adam has.
 */
export function estimateMemory(model: Model, batchSize: number, { compiled, assumedLength = 1 }: { compiled?: Pick<CompiledModel, 'optimizer'>; assumedLength?: number } = {}): MemoryEstimate {
  const { total, trainable } = countParams(model);
  const weights = FLOAT * total;
  const gradients = FLOAT * trainable;
  const optimizer = gradients * (compiled ? compiled.optimizer.slotNames.length : 2);
  const rows = perRow(model, assumedLength);
  const activations = 2 * FLOAT * batchSize * rows.kept;
  const live = LIVE_LAYERS * FLOAT * batchSize * rows.largest;
  const checkpoint = FILE_COPIES * (weights + optimizer);
  return {
    train_bytes: BASE_TRAIN + weights + optimizer + gradients + Math.max(activations, checkpoint),
    predict_bytes: BASE_PREDICT + LOADED_COPIES * weights + live,
    parts: { weights, gradients, optimizer, activations, live, checkpoint },
  };
}

interface PerRow {
  /** Numbers that all calls keep of one row. */
  readonly kept: number;
  /** Numbers that the largest call has at once. */
  readonly largest: number;
}

function perRow(model: Model, length: number): PerRow {
  let kept = 0;
  let largest = 0;
  for (const { layer, inputShapes, outputShapes } of model.nodes) {
    if (layer instanceof InputLayer) continue;
    const inner = inside(layer, inputShapes, length);
    const own = sizes(outputShapes, length) + (inner ? 0 : layer.keptPerRow(known(inputShapes, length), known(outputShapes, length)));
    kept += own + (inner?.kept ?? 0);
    largest = Math.max(largest, own, inner?.largest ?? 0);
  }
  return { kept, largest };
}

/** What is inside a nested model, or a wrapper (each step of TimeDistributed counts). */
function inside(layer: Layer, inputShapes: readonly Shape[], length: number): PerRow | undefined {
  if (layer instanceof Model) return perRow(layer, length);
  if (!(layer instanceof Wrapper)) return undefined;
  const parts = layer.wrapped(inputShapes).map(({ layer: inner, inputShapes: shapes }): PerRow => {
    const steps = (inputShapes[0]?.length ?? 0) > (shapes[0]?.length ?? 0) ? (inputShapes[0]?.[1] ?? length) : 1;
    const within = inside(inner, shapes, length) ?? ownOf(inner, shapes, length);
    return { kept: within.kept * steps, largest: within.largest * steps };
  });
  return { kept: parts.reduce((sum, part) => sum + part.kept, 0), largest: Math.max(...parts.map((part) => part.largest)) };
}

function ownOf(layer: Layer, inputShapes: readonly Shape[], length: number): PerRow {
  const outputShapes = layer.outputShapes(inputShapes);
  const own = sizes(outputShapes, length) + layer.keptPerRow(known(inputShapes, length), known(outputShapes, length));
  return { kept: own, largest: own };
}

/** Shapes of one row with every dimension known. */
function known(shapes: readonly Shape[], length: number): number[][] {
  return shapes.map((shape) => shape.slice(1).map((dimension) => dimension ?? length));
}

function sizes(shapes: readonly Shape[], length: number): number {
  return known(shapes, length).reduce((sum, shape) => sum + shape.reduce((size, dimension) => size * dimension, 1), 0);
}

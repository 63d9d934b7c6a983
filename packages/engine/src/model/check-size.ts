import { FormatError } from '@trainyard/keras-format';

import { type Shape, shapeText } from '../shape.js';
import { Model } from './model.js';
import { countParams } from './weight-ref.js';

/** Weights of 1 GiB as float32: what an .h5 file of them, written in memory, still fits. */
export const MAX_PARAMS = 2 ** 28;

/** Numbers that a layer gives for one row: 8 GiB as float32, and what TensorFlow's kernels can index. */
const MAX_ROW = 2 ** 31;

/** Dimensions of a tensor: what TensorFlow's kernels take. */
const MAX_RANK = 8;

/**
 * Refuses a model that is sound but beyond what any machine could train. Nothing is allocated.
 * @throws FormatError `too_large`
 */
export function checkSize(model: Model): void {
  const { total } = countParams(model);
  if (!(total <= MAX_PARAMS)) throw tooLarge(model.description.pointer, `expected at most ${text(MAX_PARAMS)} parameters, whose checkpoint still fits in memory; the model has ${text(total)}`);
  checkRows(model, new Set());
}

function checkRows(model: Model, seen: Set<Model>): void {
  if (seen.has(model)) return;
  seen.add(model);
  for (const { layer, outputShapes } of model.nodes) {
    for (const shape of outputShapes) {
      if (shape.length > MAX_RANK) throw tooLarge(layer.pointer, `expected outputs of at most ${MAX_RANK} dimensions, layer "${layer.name}" gives ${shape.length}`);
      if (!(knownSize(shape) <= MAX_ROW)) throw tooLarge(layer.pointer, `expected outputs of at most ${text(MAX_ROW)} numbers for each row, layer "${layer.name}" gives ${shapeText(shape)}`);
    }
    if (layer instanceof Model) checkRows(layer, seen);
  }
}

/** Elements of a row, unknown dimensions taken for 1. */
function knownSize(shape: Shape): number {
  return shape.slice(1).reduce<number>((size, dimension) => size * (dimension ?? 1), 1);
}

function tooLarge(pointer: string, problem: string): FormatError {
  return new FormatError('too_large', pointer, problem);
}

function text(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

import { activation } from './activation.js';
import { batchNormalization } from './batch-normalization.js';
import { concatenate } from './concatenate.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { embedding } from './embedding.js';
import { flatten } from './flatten.js';
import { globalAveragePooling2d, globalMaxPooling2d } from './global-pooling2d.js';
import { inputLayer } from './input-layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { averagePooling2d, maxPooling2d } from './pooling2d.js';
import { reshape } from './reshape.js';

const definitions: readonly LayerDefinition[] = [
  activation,
  averagePooling2d,
  batchNormalization,
  concatenate,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  inputLayer,
  maxPooling2d,
  reshape,
];

export const layerDefinitions: ReadonlyMap<string, LayerDefinition> = new Map(definitions.map((definition) => [definition.className, definition]));

/** Class names of the layers that a model may have, besides nested models; sorted. */
export function supportedLayers(): string[] {
  return [...layerDefinitions.keys()].sort();
}

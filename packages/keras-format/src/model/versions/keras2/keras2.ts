import type { JsonObject } from '../../../json.js';
import type { ModelDescription } from '../../model-description.js';
import { merge } from '../keras1/layers/merge.js';
import { parseMergeSequential } from '../keras1/merge-sequential.js';
import { Translation } from '../keras1/translation.js';
import { parseTree, type Dialect } from './parse.js';

/** Keras 2.0's words are those of a description; it still has Keras 1's Merge, in models that came from there. */
const keras2: Dialect = {
  layer(layer) {
    const { className, config } = layer;
    if (className !== 'Merge') return { className, config };
    const translation = new Translation(layer, 'channels_last');
    return { className: merge(translation), config: translation.config, sourceNames: translation.sourceNames };
  },
  sequential: parseMergeSequential,
};

/** Reads a model that Keras 2.0.0 to 2.x, or tf-keras, wrote. */
export function parseKeras2(source: JsonObject, kerasVersion: string): ModelDescription {
  return parseTree(source, kerasVersion, keras2);
}

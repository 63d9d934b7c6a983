import { FormatError } from '../format-error.js';
import type { Hdf5Reader } from './hdf5-reader.js';
import { writeHdf5 } from './hdf5-writer.js';
import { Budget, compare, declareLayers, expectWritable, MAX_BYTES, readGroup, writeLayers } from './keras-groups.js';
import { layoutOf } from '../keras-archive/layout.js';
import { readStore } from '../keras-archive/store.js';
import { toKeras3 } from '../model/versions/keras3/write.js';
import { parseModel } from '../model/parse-model.js';
import { withFile } from './read-file.js';
import type { ReadOptions, WeightsFile } from './weights-file.js';

/**
 * Reads what `model.save_weights('….h5')` wrote (Keras 1.2 to 2.x, tf-keras), or the weights of a whole model's file; with
 * `options.model` also a `*.weights.h5` of Keras 3.
 * All that the file declares is checked before any array is read.
 *
 * @throws FormatError naming the path within the file.
 */
export async function readWeightsFile(bytes: Uint8Array, options: ReadOptions = {}): Promise<WeightsFile> {
  return withFile(bytes, (file) => {
    const root = file.attributes('/').has('layer_names') || !file.has('/model_weights') ? '/' : '/model_weights';
    const budget = new Budget(options.maxBytes ?? MAX_BYTES);
    if (root === '/' && isKeras3(file)) return readKeras3(file, options, budget);
    return readWeights(file, root, options, budget);
  });
}

/** The weights below `root`, with the version and backend that the file states there. */
export function readWeights(file: Hdf5Reader, root: string, { expect }: ReadOptions, budget: Budget): WeightsFile {
  const groups = declareLayers(file, root, budget);
  if (expect) compare(groups, expect);
  return {
    // Keras 1.2 states it for a whole model only, and there at the top.
    kerasVersion: file.text(root, 'keras_version') ?? file.text('/', 'keras_version') ?? '1',
    backend: file.text(root, 'backend') ?? 'tensorflow',
    layers: groups.map((group) => ({ layer: group.name, weights: readGroup(file, group) })),
  };
}

/** Writes a weights file as `model.save_weights` of Keras 2.0.8 does. */
export async function writeWeightsFile({ layers, kerasVersion, backend }: WeightsFile): Promise<Uint8Array> {
  const bytes = expectWritable(layers.flatMap(({ weights }) => weights));
  return writeHdf5(bytes, (file) => writeLayers(file, '/', layers, kerasVersion, backend));
}

/** Whether a file has the layout of Keras 3's `*.weights.h5`, or that of tf-keras's, which went before it. */
function isKeras3(file: Hdf5Reader): boolean {
  return ['/layers', '/_layer_checkpoint_dependencies'].some((group) => file.has(group)) && file.list('/', 'layer_names') === undefined;
}

/** Keras 3 numbers a layer's arrays and does not name them: which layer has which is for the model to say. */
function readKeras3(file: Hdf5Reader, options: ReadOptions, budget: Budget): WeightsFile {
  const { model } = options;
  if (!model || !file.has('/layers'))
    throw new FormatError('unsupported_layout', 'the file', "expected the .h5 layout of Keras 2, or that of Keras 3's *.weights.h5 together with its model; save the whole model with model.save('model.h5') instead");
  const given = parseModel(model.json, model.kerasVersion === undefined ? {} : { kerasVersion: model.kerasVersion });
  const description = given.kerasVersion.startsWith('3') ? given : parseModel(toKeras3(given));
  return { kerasVersion: '3', backend: 'tensorflow', layers: readStore(file, layoutOf(description), options, budget) };
}
